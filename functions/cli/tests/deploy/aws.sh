#!/usr/bin/env bash
# A double of Amazon's command line: it writes down how it was called and answers as the real one does
# for a stack that is not there, or is. It judges no template.
set -euo pipefail
state=$(dirname "$0")/state
echo "$*" >>"$state/calls"

refuse() { echo "$1" >&2; exit 254; }
request() { # the file behind --cli-input-json
    local argument
    for argument in "$@"; do
        case $argument in file://*) echo "${argument#file://}" ;; esac
    done
}

# What has to do with packages can be asked of Amazon's own program, with files on an emulator.
case "$1 $2" in
"cloudformation package" | "s3api "*)
    if [ -e "$state/real" ]; then
        AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test exec "$(cat "$state/real")" "$@"
    fi ;;
esac

case "$1 $2" in
"sts get-caller-identity")
    [ ! -e "$state/no-credentials" ] || refuse "Unable to locate credentials. You can configure credentials by running \"aws configure\"."
    echo '{"Account": "123456789012"}' ;;
"ssm get-parameter")
    [ -e "$state/keys" ] || refuse "An error occurred (ParameterNotFound) when calling the GetParameter operation"
    printf '{"Parameter": {"Value": "%s"}}' "$(cat "$state/keys")" ;;
"ssm put-parameter")
    file=$(request "$@")
    stat -c %a "$file" >>"$state/modes"
    sed -E 's/.*"Value":"([^"]+)".*/\1/' "$file" >"$state/keys" ;;
"ssm delete-parameter") rm "$state/keys" ;;
"cloudformation describe-stacks")
    [ -e "$state/stack" ] || refuse "An error occurred (ValidationError): Stack with id x does not exist"
    cat "$state/stack" ;;
"cloudformation create-change-set")
    file=$(request "$@")
    stat -c %a "$file" >>"$state/modes"
    cp "$file" "$state/request"
    { cat "$file"; echo; } >>"$state/requests"
    echo '{"Id": "set-1"}' ;;
"cloudformation describe-change-set") cat "$state/changes" ;;
"cloudformation execute-change-set") cp "$state/made" "$state/stack" ;;
"cloudformation wait") [ ! -e "$state/fails-$3" ] || exit 255 ;;
"cloudformation describe-stack-events") cat "$state/events" ;;
"cloudformation delete-stack") rm -f "$state/stack" ;;
"cloudformation package")
    while [ "$1" != --output-template-file ]; do shift; done
    echo "packaged" >"$2"
    echo "Successfully packaged artifacts and wrote output template." ;;
"s3api head-bucket" | "s3api head-object")
    [ -e "$state/$2" ] || refuse "An error occurred (404) when calling the operation: Not Found" ;;
"s3api create-bucket") touch "$state/head-bucket" ;;
"s3api put-object") touch "$state/head-object" ;;
esac
