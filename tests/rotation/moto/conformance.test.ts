import {
  type Case,
  cancel,
  check,
  create,
  createEmpty,
  get,
  motoService,
  move,
  onNoSecret,
  put,
  randomCharacters,
  randomPassword,
  remove,
  rotate,
  rotationEnabled,
  type Service,
  serviceOf,
  valueOf,
} from "../support/cases";
import { MotoServer } from "../support/moto";
import { SecretsManagerFake } from "../support/secrets-manager";

const PENDING = ["AWSPENDING"];
/** A rotation to `two` that has come as far as createSecret. */
const created = [create("one"), rotate("two"), put("two", PENDING)];
/** The same after finishSecret. */
const finished = [...created, move("AWSCURRENT", { from: "one", to: "two" })];
/** The same after AWS has taken the label of the rotation away. */
const ended = [...finished, move("AWSPENDING", { from: "two" })];

/** What the fake and moto agree on; AWS is documented to do the same. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  "reading a value": [
    { title: "the current one by default", when: get(), then: valueOf("one") },
    { title: "by label", when: get({ label: "AWSCURRENT" }), then: valueOf("one") },
    { title: "by id", when: get({ id: "one" }), then: valueOf("one") },
    { title: "by both", when: get({ id: "one", label: "AWSCURRENT" }), then: valueOf("one") },
    { title: "of no secret", when: onNoSecret(get()), then: "ResourceNotFoundException" },
    { title: "of no version", when: get({ id: "two" }), then: "ResourceNotFoundException" },
    { title: "with a label of none", when: get({ label: "AWSPENDING" }), then: "ResourceNotFoundException" },
    {
      title: "with a label of another version",
      given: created,
      when: get({ id: "two", label: "AWSCURRENT" }),
      then: "InvalidRequestException",
    },
    {
      title: "with a label of no version, of a version that is there",
      when: get({ id: "one", label: "AWSPENDING" }),
      then: "InvalidRequestException",
    },
    {
      title: "of a deprecated version",
      given: [create("one"), put("two"), put("three")],
      when: get({ id: "one" }),
      then: valueOf("one"),
      labels: { two: "PREVIOUS", three: "CURRENT" },
    },
    {
      title: "of a secret without versions",
      given: [createEmpty],
      when: get(),
      then: "ResourceNotFoundException",
    },
  ],

  "creating a secret": [
    {
      title: "gives its value the label AWSCURRENT",
      given: [],
      when: create("one"),
      then: "ok",
      labels: { one: "CURRENT" },
    },
    { title: "again is the same request", when: create("one"), then: "ok", labels: { one: "CURRENT" } },
    { title: "again with another value", when: create("one", "other"), then: "ResourceExistsException" },
    {
      title: "again with another token",
      when: create("two", valueOf("one")),
      then: "ResourceExistsException",
    },
  ],

  "storing a value": [
    {
      title: "makes it current by default",
      when: put("two"),
      then: "ok",
      labels: { one: "PREVIOUS", two: "CURRENT" },
    },
    {
      title: "as pending leaves the current one",
      when: put("two", PENDING),
      then: "ok",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    {
      title: "takes a label off another version",
      given: [create("one"), put("two", PENDING)],
      when: put("three", PENDING),
      then: "ok",
      labels: { one: "CURRENT", three: "PENDING" },
    },
    {
      title: "moves AWSPREVIOUS along",
      given: [create("one"), put("two")],
      when: put("three"),
      then: "ok",
      labels: { two: "PREVIOUS", three: "CURRENT" },
    },
    {
      title: "fills the version that a rotation starts with",
      given: [create("one"), rotate("two"), put("two", PENDING)],
      when: get({ id: "two", label: "AWSPENDING" }),
      then: valueOf("two"),
      labels: { one: "CURRENT", two: "PENDING" },
    },
    { title: "again does nothing", when: put("one"), then: "ok", labels: { one: "CURRENT" } },
    {
      title: "again does nothing to labels",
      when: put("one", ["other"]),
      then: "ok",
      labels: { one: "CURRENT" },
    },
    {
      title: "again while pending does nothing",
      given: created,
      when: put("two", PENDING),
      then: "ok",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    {
      title: "under a token that has another value",
      when: put("one", undefined, "other"),
      then: "ResourceExistsException",
    },
    {
      title: "as the first makes it current, whatever label is asked for",
      given: [createEmpty],
      when: put("one", PENDING),
      then: "ok",
      labels: { one: "CURRENT PENDING" },
    },
    { title: "in no secret", when: onNoSecret(put("two")), then: "ResourceNotFoundException" },
    { title: "under a token of 65 characters", when: put("x".repeat(65)), then: "InvalidParameterException" },
  ],

  "moving a label": [
    {
      title: "promotes the pending version",
      given: created,
      when: move("AWSCURRENT", { from: "one", to: "two" }),
      then: "ok",
      labels: { one: "PREVIOUS", two: "CURRENT PENDING" },
    },
    {
      title: "from a version that has it no more",
      given: finished,
      when: move("AWSCURRENT", { from: "one", to: "two" }),
      then: "InvalidParameterException",
      labels: { one: "PREVIOUS", two: "CURRENT PENDING" },
    },
    {
      title: "without saying from where",
      given: created,
      when: move("AWSCURRENT", { to: "two" }),
      then: "InvalidParameterException",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    {
      title: "from the wrong version",
      given: created,
      when: move("AWSCURRENT", { from: "two", to: "two" }),
      then: "InvalidParameterException",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    {
      title: "from no version",
      when: move("AWSCURRENT", { from: "two", to: "one" }),
      then: "InvalidParameterException",
    },
    {
      title: "back to the previous version",
      given: ended,
      when: move("AWSCURRENT", { from: "two", to: "one" }),
      then: "ok",
      labels: { one: "CURRENT", two: "PREVIOUS" },
    },
    {
      title: "takes AWSPREVIOUS off the version before",
      given: [...ended, put("three", PENDING)],
      when: move("AWSCURRENT", { from: "two", to: "three" }),
      then: "ok",
      labels: { two: "PREVIOUS", three: "CURRENT PENDING" },
    },
    {
      title: "off a version",
      given: finished,
      when: move("AWSPENDING", { from: "two" }),
      then: "ok",
      labels: { one: "PREVIOUS", two: "CURRENT" },
    },
    {
      title: "that is new",
      when: move("other", { to: "one" }),
      then: "ok",
      labels: { one: "CURRENT other" },
    },
    {
      title: "off the last one leaves a version to be read by id",
      given: [...created, move("AWSPENDING", { from: "two" })],
      when: get({ id: "two" }),
      then: valueOf("two"),
      labels: { one: "CURRENT" },
    },
    {
      title: "in no secret",
      when: onNoSecret(move("AWSCURRENT", { from: "one", to: "two" })),
      then: "ResourceNotFoundException",
    },
  ],

  rotating: [
    {
      title: "starts with a pending version",
      when: rotate("two"),
      then: "ok",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    {
      title: "starts with a version that has no value, by id",
      given: [create("one"), rotate("two")],
      when: get({ id: "two" }),
      then: "ResourceNotFoundException",
    },
    {
      title: "starts with a version that has no value, by label",
      given: [create("one"), rotate("two")],
      when: get({ label: "AWSPENDING" }),
      then: "ResourceNotFoundException",
    },
    {
      title: "starts with a version that has no value, by both",
      given: [create("one"), rotate("two")],
      when: get({ id: "two", label: "AWSPENDING" }),
      then: "ResourceNotFoundException",
    },
    {
      title: "leaves the current value",
      given: [create("one"), rotate("two")],
      when: get({ label: "AWSCURRENT" }),
      then: valueOf("one"),
    },
    {
      title: "may be asked for again with the same token",
      given: [create("one"), rotate("two")],
      when: rotate("two"),
      then: "ok",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    {
      title: "follows a rotation that has ended",
      given: ended,
      when: rotate("three"),
      then: "ok",
      labels: { one: "PREVIOUS", two: "CURRENT", three: "PENDING" },
    },
    {
      title: "as a mere test copies the current value",
      given: [create("one"), rotate("two", { RotateImmediately: false })],
      when: get({ id: "two", label: "AWSPENDING" }),
      then: valueOf("one"),
      labels: { one: "CURRENT", two: "PENDING" },
    },
    { title: "is unknown before it is set up", when: rotationEnabled, then: "undefined" },
    {
      title: "is enabled by the first rotation",
      given: [create("one"), rotate("two")],
      when: rotationEnabled,
      then: "true",
    },
    {
      title: "is disabled when it is cancelled",
      given: [create("one"), rotate("two"), cancel],
      when: rotationEnabled,
      then: "false",
    },
    {
      title: "keeps its labels when it is cancelled",
      given: created,
      when: cancel,
      then: "ok",
      labels: { one: "CURRENT", two: "PENDING" },
    },
    { title: "can't be cancelled before it is set up", when: cancel, then: "InvalidRequestException" },
    { title: "of no secret", when: onNoSecret(rotate("two")), then: "ResourceNotFoundException" },
    {
      title: "every 1001 days",
      when: rotate("two", { RotationRules: { AutomaticallyAfterDays: 1001 } }),
      then: "InvalidParameterException",
      labels: { one: "CURRENT" },
    },
    {
      title: "under a token of 31 characters",
      when: rotate("two", { ClientRequestToken: "x".repeat(31) }),
      then: "InvalidParameterException",
      labels: { one: "CURRENT" },
    },
  ],

  "deleting a secret": [
    { title: "keeps its labels", when: remove(), then: "ok", labels: { one: "CURRENT" } },
    {
      title: "hides its values",
      given: [create("one"), remove()],
      when: get(),
      then: "InvalidRequestException",
    },
    {
      title: "stops its rotation",
      given: [create("one"), remove()],
      when: rotate("two"),
      then: "InvalidRequestException",
    },
    { title: "twice", given: [create("one"), remove()], when: remove(), then: "InvalidRequestException" },
    { title: "within 6 days", when: remove({ RecoveryWindowInDays: 6 }), then: "InvalidParameterException" },
    {
      title: "at once and within 7 days",
      when: remove({ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }),
      then: "InvalidParameterException",
    },
  ],

  "random passwords": [
    { title: "have every type", when: randomPassword({}), then: "32 lower upper number other" },
    {
      title: "have every type, however short",
      when: randomPassword({ PasswordLength: 4 }),
      then: "4 lower upper number other",
    },
    {
      title: "have 4096 characters at most",
      when: randomPassword({ PasswordLength: 4096 }),
      then: "4096 lower upper number other",
    },
    {
      title: "of 3 characters can't have every type",
      when: randomPassword({ PasswordLength: 3 }),
      then: "InvalidParameterException",
    },
    {
      title: "without punctuation and numbers",
      when: randomPassword({ ExcludePunctuation: true, ExcludeNumbers: true }),
      then: "32 lower upper",
    },
    {
      title: "without letters",
      when: randomPassword({ ExcludeLowercase: true, ExcludeUppercase: true }),
      then: "32 number other",
    },
    {
      title: "without single characters",
      when: randomCharacters({
        ExcludeLowercase: true,
        ExcludeUppercase: true,
        ExcludeCharacters: "0123456:/@\"'\\",
        PasswordLength: 4096,
      }),
      then: "!#$%&()*+,-.789;<=>?[]^_`{|}~",
    },
  ],
};

const services: readonly (readonly [string, () => Promise<readonly [Service, () => Promise<void>]>])[] = [
  [
    "the fake",
    async () => {
      const fake = await SecretsManagerFake.start();
      return [serviceOf(fake), () => fake.stop()];
    },
  ],
  [
    "moto",
    async () => {
      const moto = await MotoServer.start();
      return [await motoService(moto), () => moto.stop()];
    },
  ],
];

for (const [name, start] of services) {
  describe(`Secrets Manager, as ${name} has it`, () => {
    let service: Service;
    let stop: () => Promise<void> = () => Promise.resolve();
    before(async function () {
      this.timeout(MotoServer.startTimeoutMs);
      [service, stop] = await start();
    });
    after(() => stop());

    for (const [subject, cases] of Object.entries(CASES)) {
      describe(subject, () => {
        for (const each of cases) {
          it(`${each.title}: ${each.then}`, () => check(each, service));
        }
      });
    }
  });
}
