// Database, keys, configuration and this machine.
extension ProblemCode {
  static let installationCodes: [ProblemCode] = [
    .storeUnavailable, .storeFull, .storeConflict, .storeCommitUnknown, .storeFromFuture,
    .storeNotDurable, .storeLocked, .storeFailed, .vaultWrongKey, .vaultInvalidKey,
    .vaultInvalidBox, .configurationUnknownKey, .configurationInvalid, .serverPortInUse,
    .serverBusy, .clockWrong,
  ]

  package static let storeUnavailable = ProblemCode(
    "store.unavailable", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "The database does not answer. What was acknowledged stays.",
    remedy: "Start it again, or correct `HELIOGRAPH_DATABASE_URL`.")

  package static let storeFull = ProblemCode(
    "store.full", .installation, actor: .operator, status: 503, smtp: "452 4.3.1",
    "The disk of the database is full. What was acknowledged stays.",
    remedy: "Make room; sending goes on by itself.")

  package static let storeConflict = ProblemCode(
    "store.conflict", .request, status: 409, smtp: "451 4.3.0",
    "The change contradicts what is stored, or others changed the same rows again and again.",
    remedy: "Read the current state and try again.")

  package static let storeCommitUnknown = ProblemCode(
    "store.commitUnknown", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "The connection broke during a commit: it may have happened or not.",
    remedy: "Repeat with the same `Idempotency-Key`.")

  package static let storeFromFuture = ProblemCode(
    "store.fromFuture", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "A newer version of Heliograph has written this database.",
    remedy: "Run that version, or restore the backup made before the upgrade.")

  package static let storeNotDurable = ProblemCode(
    "store.notDurable", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "The database does not promise to keep what it acknowledged (`synchronous`, `fsync`).",
    remedy: "Correct its settings; Heliograph does not start otherwise.")

  package static let storeLocked = ProblemCode(
    "store.locked", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "Another process or transaction keeps the database locked.",
    remedy: "Try again; if it stays, stop the other process, or use another `--data`.")

  package static let storeFailed = ProblemCode(
    "store.failed", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "The database refused a statement.",
    remedy: "Look in the log; if it can be repeated, report it.")

  package static let vaultWrongKey = ProblemCode(
    "vault.wrongKey", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "The secret key is not the one that sealed this database.",
    remedy: "Give the right key; without it all mailboxes must be connected anew.")

  package static let vaultInvalidKey = ProblemCode(
    "vault.invalidKey", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "The secret key is not base64 of 32 bytes.",
    remedy: "Make one with `openssl rand -base64 32`.")

  package static let vaultInvalidBox = ProblemCode(
    "vault.invalidBox", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "A sealed secret was altered or moved to another row.",
    remedy: "Restore the database from a backup.")

  package static let configurationUnknownKey = ProblemCode(
    "configuration.unknownKey", .installation, actor: .operator, status: 400, smtp: "451 4.3.5",
    "A key of the configuration does not exist; the nearest one is named.",
    remedy: "Correct its spelling.")

  package static let configurationInvalid = ProblemCode(
    "configuration.invalid", .installation, actor: .operator, status: 400, smtp: "451 4.3.5",
    "A value of the configuration is not allowed, or two contradict each other.",
    remedy: "Correct it as `docs/configuration.md` says.")

  package static let serverPortInUse = ProblemCode(
    "server.portInUse", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "Another program listens on the port.",
    remedy: "Stop it, or choose another `--port`.")

  package static let serverBusy = ProblemCode(
    "server.busy", .installation, actor: .nobody, status: 503, smtp: "421 4.3.2",
    "The requests in progress hold as much memory as the gateway allows, or too many connections are "
    + "open.",
    remedy: "Repeat the request after the time that `Retry-After` names.")

  package static let clockWrong = ProblemCode(
    "clock.wrong", .installation, actor: .operator, status: 400, smtp: "451 4.3.5",
    "This machine's clock differs from Microsoft's by five minutes or more, and proofs that an app "
    + "signs would be refused.",
    remedy: "Set the clock, and let NTP keep it.")
}
