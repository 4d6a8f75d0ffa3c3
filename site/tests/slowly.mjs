// A slow connection: the same community, but pages arrive in small pieces.

import { createServer } from "node:http";

/** Bytes of HTML that arrive at once, and the time between two pieces. */
const PIECE = 1500;
const PAUSE = 40;

export async function startSlowly(url) {
  const server = createServer((request, response) => pass(url + request.url, response).catch(() => response.destroy()));
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    url: `http://localhost:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

async function pass(address, response) {
  const answer = await fetch(address, { headers: { "Accept-Encoding": "identity" } });
  const kind = answer.headers.get("content-type") ?? "";
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { "Content-Type": kind });
  if (!kind.startsWith("text/html")) return response.end(body);
  for (let from = 0; from < body.length; from += PIECE) {
    response.write(body.subarray(from, from + PIECE));
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  }
  return response.end();
}
