# Everything a developer does here. `make run` and `make test` install what they need below this
# folder; they find Rust, Node.js with npm, and make on the machine.

.PHONY: help run dev test setup fmt lint check rust-test site-test browser-test bench clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: setup ## Build the site and serve everything on this machine, as readers will see it
	cargo run --locked --quiet --package sodium-cli -- serve --no-reload $(ARGS)

dev: setup ## The same, with pages that reload themselves while you write
	cargo run --locked --quiet --package sodium-cli -- serve $(ARGS)

setup: site/node_modules/.installed ## Install what npm brings (Zola, and the tools for tests)

site/node_modules/.installed: site/package-lock.json
	cd site && npm ci --no-fund --no-audit
	touch $@

test: setup lint check rust-test site-test browser-test ## Everything that CI checks
	@echo "make test: everything passed"

fmt: ## Format the code
	cargo fmt

lint: ## Formatting, lints, licences and double dependencies
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

check: ## What is wrong in content
	cargo run --locked --quiet --package sodium-cli -- check

rust-test: ## The tests of the functions
	cargo test --locked

site-test: setup ## The tests of the site's tools
	cd site && npm test

browser-test: setup ## Journeys and checks in a real browser
	cargo build --locked --package sodium-cli
	cd site && npm run test:browser

bench: setup ## Speed, size and memory beside other servers
	./functions/bench/run.sh

clean: ## Remove what was built; data/ stays
	cargo clean
	rm -rf site/node_modules site/public
