import Core

extension Problem {
  static func malformedRow(column: String) -> Problem {
    Problem(
      .storeFailed, "The column \(column) is missing or of an unexpected type.",
      remedy: "Restore the database from a backup, or report this as a bug in Heliograph.", retry: .futile)
  }

  /// `detail` names the statement's fault without quoting values.
  static func storeFailed(_ detail: String) -> Problem {
    Problem(
      .storeFailed, "The database refused a statement: \(detail).",
      remedy: "Report this as a bug in Heliograph, with the log.", retry: .futile)
  }

  static func storeConflict(_ constraint: String) -> Problem {
    Problem(
      .storeConflict, "The change conflicts with what is stored (\(constraint)).",
      remedy: "Read the current state and try again.", retry: .futile)
  }

  /// A message was to be bound to content that is not there, or not all of it.
  static func segmentMissing(_ id: SegmentID) -> Problem {
    Problem(
      .storeFailed,
      "The content “\(id)” is not stored completely, or was kept for too long without a message.",
      remedy: "Submit the message again with its content.", retry: .futile)
  }

  static let storeFull = Problem(
    .storeFull, "There is no space left for the database; nothing was stored.",
    remedy: "Free disk space; what was acknowledged before is kept, and work resumes automatically.",
    retry: .safe(after: nil))

  static func storeUnavailable(_ detail: String) -> Problem {
    Problem(
      .storeUnavailable, "The database cannot be used: \(detail).",
      remedy: "Check that it runs and that HELIOGRAPH_DATABASE_URL or the data folder is right.",
      retry: .safe(after: nil))
  }

  /// Another process or transaction keeps a lock for too long.
  static let storeLocked = Problem(
    .storeLocked, "Another transaction has held a lock for too long; nothing was stored.",
    remedy: "Try again in a moment; if the lock stays, look for another program that uses the database.",
    retry: .safe(after: nil))

  /// COMMIT was sent and its answer lost: the transaction may be on disk or not.
  static let commitUnknown = Problem(
    .storeCommitUnknown, "The connection to the database was lost during a commit; its outcome is unknown.",
    remedy: "Check whether the change was made before you repeat it; an Idempotency-Key makes that safe.",
    retry: .unsafe)

  /// Others changed the same rows at each of many attempts.
  static let storeContention = Problem(
    .storeConflict, "Other requests kept changing the same rows; nothing was stored.",
    remedy: "Try again in a moment.", retry: .safe(after: nil))

  static func notUTF8(_ encoding: String) -> Problem {
    Problem(
      .configurationInvalid, "The database stores text as \(encoding); Heliograph needs UTF8.",
      remedy: "Create one with: CREATE DATABASE heliograph ENCODING 'UTF8' TEMPLATE template0.",
      retry: .futile)
  }

  static let zeroInText = Problem(
    .requestInvalidField, "A text contains a zero byte, which cannot be stored.",
    remedy: "Remove the byte.", retry: .futile)

  static let storeClosed = Problem(
    .storeUnavailable, "The database is closed because Heliograph is shutting down.",
    remedy: "Try again in a moment.", retry: .safe(after: nil))

  static func fromFuture(found: Int64, known: Int64) -> Problem {
    Problem(
      .storeFromFuture,
      "The database has schema version \(found); this version of Heliograph knows versions up to \(known).",
      remedy:
        "Start the newer version of Heliograph that wrote it, or restore a backup from before the upgrade.",
      retry: .futile)
  }

  static func notDurable(_ setting: String, _ value: String) -> Problem {
    Problem(
      .storeNotDurable, "The database reports \(setting) = \(value): a commit might not survive a power cut.",
      remedy: "Set \(setting) so that commits are synced.", retry: .futile)
  }

  /// Does not quote the URL, which may hold a password.
  static let invalidDatabaseURL = Problem(
    .configurationInvalid, "The database URL does not have a form that Heliograph supports.",
    remedy: "Use postgres://user@host/database, or leave it out for SQLite in the data folder.",
    retry: .futile)
}
