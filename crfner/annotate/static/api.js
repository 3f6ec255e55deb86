// Requests to the server, which carry the token that this page was loaded with.

const token = document.querySelector("meta[name=crfner-token]").content;

async function request(path, body) {
  const options = { headers: { "x-crfner-token": token } };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/api/${path}`, options);
  } catch {
    throw new Error("The server does not answer. Start crfner annotate again, then load this page again.");
  }
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw new Error(told.error ?? `The server answers with ${response.status}.`);
  }
  return response;
}

export const get = async (path) => (await request(path)).json();
export const post = async (path, body) => (await request(path, body)).json();
export const download = async (path) => (await request(path)).blob();
