// Database, keys, configuration and this machine.
extension ProblemCode {
  static let installationCodes: [ProblemCode] = [
    .storeUnavailable, .storeFull, .storeConflict, .storeCommitUnknown, .storeFromFuture,
    .storeNotDurable, .storeLocked, .storeFailed, .storeMissing, .vaultWrongKey, .vaultInvalidKey,
    .vaultInvalidBox, .vaultKeyExposed, .configurationUnknownKey, .configurationInvalid,
    .configurationDeclared, .serverPortInUse,
    .serverBusy, .serverFaulty, .clockWrong,
  ]

  package static let storeUnavailable = ProblemCode(
    "store.unavailable", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "The database does not respond. What was acknowledged is kept.",
    remedy: "Restart it, or correct `HELIOGRAPH_DATABASE_URL`.")

  package static let storeFull = ProblemCode(
    "store.full", .installation, actor: .operator, status: 503, smtp: "452 4.3.1",
    "The disk of the database is full. What was acknowledged is kept.",
    remedy: "Free some space; sending resumes automatically.")

  package static let storeConflict = ProblemCode(
    "store.conflict", .request, status: 409, smtp: "451 4.3.0",
    "The change conflicts with what is stored, or others kept changing the same rows.",
    remedy: "Read the current state and try again.")

  package static let storeCommitUnknown = ProblemCode(
    "store.commitUnknown", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "The connection was lost during a commit, which may or may not have taken effect.",
    remedy: "Repeat the request with the same `Idempotency-Key`.")

  package static let storeFromFuture = ProblemCode(
    "store.fromFuture", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "This database was written by a newer version of Heliograph.",
    remedy: "Run that version, or restore the backup made before the upgrade.")

  package static let storeNotDurable = ProblemCode(
    "store.notDurable", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "The database is not set to keep what it has acknowledged (`synchronous`, `fsync`).",
    remedy: "Correct its settings; Heliograph does not start otherwise.")

  package static let storeLocked = ProblemCode(
    "store.locked", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "Another process or transaction holds a lock on the database.",
    remedy: "Try again; if it stays locked, stop the other process, or use another `--data`.")

  package static let storeFailed = ProblemCode(
    "store.failed", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "The database refused a statement.",
    remedy: "Look in the log; if the failure can be reproduced, report it.")

  package static let storeMissing = ProblemCode(
    "store.missing", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "There is no database where the command looks for one: it was started in another folder than the gateway, or "
      + "the gateway has never been started.",
    remedy: "Name the gateway's folder with `--data`, or its database with `HELIOGRAPH_DATABASE_URL`.")

  package static let vaultWrongKey = ProblemCode(
    "vault.wrongKey", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "The secret key is not the one that sealed this database.",
    remedy: "Provide the right key; without it, all mailboxes must be connected again.")

  package static let vaultInvalidKey = ProblemCode(
    "vault.invalidKey", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "The secret key is not the base64 of 32 bytes.",
    remedy: "Create one with `openssl rand -base64 32`.")

  package static let vaultKeyExposed = ProblemCode(
    "vault.keyExposed", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "Every user of the machine can read the secret key in the data folder, so the gateway does not start.",
    remedy: "Make the file readable by its owner only.")

  package static let vaultInvalidBox = ProblemCode(
    "vault.invalidBox", .installation, actor: .operator, status: 500, smtp: "451 4.3.5",
    "A sealed secret was altered or moved to another row.",
    remedy: "Restore the database from a backup.")

  package static let configurationUnknownKey = ProblemCode(
    "configuration.unknownKey", .installation, actor: .operator, status: 400, smtp: "451 4.3.5",
    "The configuration has a key that does not exist; the message names the closest one.",
    remedy: "Correct its spelling.")

  package static let configurationInvalid = ProblemCode(
    "configuration.invalid", .installation, actor: .operator, status: 400, smtp: "451 4.3.5",
    "A value in the configuration is not allowed, or two values contradict each other.",
    remedy: "Correct it as described in `docs/configuration.md`.")

  package static let configurationDeclared = ProblemCode(
    "configuration.declared", .request, actor: .operator, status: 409, smtp: "550 5.7.0",
    "The app, account or token is declared in the gateway's configuration file.",
    remedy: "Change the file and restart the gateway.")

  package static let serverPortInUse = ProblemCode(
    "server.portInUse", .installation, actor: .operator, status: 500, smtp: "451 4.3.0",
    "Another program is listening on the port.",
    remedy: "Stop it, or choose another `--port`.")

  package static let serverBusy = ProblemCode(
    "server.busy", .installation, actor: .nobody, status: 503, smtp: "421 4.3.2",
    "The requests in progress use all the memory that the gateway allows, or too many connections, or downloads from "
      + "one mailbox, are open.",
    remedy: "Repeat the request after the time in `Retry-After`.")

  package static let serverFaulty = ProblemCode(
    "server.faulty", .installation, actor: .operator, status: 503, smtp: "451 4.3.0",
    "Messages wait because of a fault of the gateway itself: its database, its key or its configuration.",
    remedy:
      "Read the cause with an operator's token or in the log, and correct it; sending resumes automatically.")

  package static let clockWrong = ProblemCode(
    "clock.wrong", .installation, actor: .operator, status: 400, smtp: "451 4.3.5",
    "This machine's clock differs from Microsoft's by five minutes or more; assertions that an app signs "
      + "would be refused.",
    remedy: "Correct the clock, and keep it synchronised with NTP.")
}
