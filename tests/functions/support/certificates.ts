import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** A certificate authority made for one test run, and server certificates that it signed. */
export interface Certificates {
  readonly caPem: string;
  /** Files by the host name that each certificate is for. */
  readonly certificateFiles: ReadonlyMap<string, string>;
}

const EXTENSIONS = `
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
`;

/** Makes an authority and certificates for these host names, all with one key, with openssl. */
export function makeCertificates(directory: string, hosts: readonly string[]): Certificates {
  mkdirSync(directory, { recursive: true });
  const file = (name: string) => path.join(directory, name);
  const sections = hosts.map(
    (host) => `[${host}]\nbasicConstraints = CA:false\nsubjectAltName = DNS:${host}\n`,
  );
  writeFileSync(file("extensions.cnf"), EXTENSIONS + sections.join(""));
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: directory, stdio: "pipe" });
  for (const name of ["ca", "server"]) {
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
    openssl("req", "-new", "-key", `${name}.key`, "-subj", `/CN=test ${name}`, "-out", `${name}.csr`);
  }
  const extensions = ["-days", "2", "-extfile", "extensions.cnf"];
  openssl(
    "x509",
    "-req",
    "-in",
    "ca.csr",
    "-signkey",
    "ca.key",
    "-out",
    "ca.pem",
    ...extensions,
    "-extensions",
    "ca",
  );
  for (const host of hosts) {
    openssl(
      ...["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-out", `${host}.pem`, ...extensions, "-extensions", host],
    );
  }
  return {
    caPem: readFileSync(file("ca.pem"), "utf8"),
    certificateFiles: new Map(hosts.map((host) => [host, file(`${host}.pem`)])),
  };
}
