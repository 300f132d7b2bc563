package import Core

/// One line of the reply to an import: the result of a row, the progress, or the end.
package struct ImportLine: Contract {
  package var line: Int?
  package var error: ImportFault?
  package var notice: ImportNotice?
  package var account: AccountID?
  package var state: Word<AccountCreated.Origin>?
  package var progress: ImportCounts?
  package var done: ImportCounts?
  package var stopped: ImportCounts?

  package init() {}

  package static let fields = Fields<Self>(
    "ImportLine", "One line: the result of a row, the progress of the import, or its end."
  ) {
    Field("line", \.line, .integer(1...(.max)), "The line of the list on which the row starts, from 1.")
    Field("error", \.error, .object, "Why the row was not imported, or why the import stopped.")
    Field("notice", \.notice, .object, "Something to know about the list.")
    Field("account", \.account, .id(), "The existing account whose grant the row renewed.")
    Field("state", \.state, .word(), "`existing`, with `account`.")
    Field("progress", \.progress, .object, "The progress of the import.")
    Field("done", \.done, .object, "The end: every row was read.")
    Field("stopped", \.stopped, .object, "The end: not every row was read; `error` says why.")
  }
}

/// Why a row was not imported.
package struct ImportFault: Contract {
  package var problem = ""
  package var message = ""
  package var remedy: String?

  package init() {}

  package init(_ problem: Problem) {
    self.problem = problem.code.rawValue
    message = problem.summary
    remedy = problem.remedy
  }

  package static let fields = Fields<Self>("ImportFault", "Why a row was not imported.") {
    Required("problem", \.problem, .line(1...64), "Heliograph's code; docs/errors.md lists them.")
    Required("message", \.message, .lines(1...65_536), "One sentence that quotes nothing from the row.")
    Field("remedy", \.remedy, .lines(1...4096), "What to do about it.")
  }
}

/// Something to know about a list.
package struct ImportNotice: Contract {
  package var message = ""
  package var remedy = ""

  package init() {}

  package init(_ message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }

  package static let fields = Fields<Self>("ImportNotice", "Something to know about a list.") {
    Required("message", \.message, .lines(1...4096), "What it is.")
    Required("remedy", \.remedy, .lines(1...4096), "What to do about it.")
  }
}

/// How many rows so far.
package struct ImportCounts: Contract {
  package var rows = 0
  package var imported = 0
  package var failed = 0

  package init() {}

  package init(rows: Int, imported: Int, failed: Int) {
    self.rows = rows
    self.imported = imported
    self.failed = failed
  }

  package static let fields = Fields<Self>("ImportCounts", "How many rows so far.") {
    Required("rows", \.rows, .integer(0...(.max)), "Rows that were read.")
    Required(
      "imported", \.imported, .integer(0...(.max)), "Rows that were imported or, in a dry run, can be.")
    Required("failed", \.failed, .integer(0...(.max)), "Rows with a fault.")
  }
}

/// The query of an import.
package struct ImportQuery: Contract {
  package var isDryRun = false

  package init() {}

  package init(isDryRun: Bool) {
    self.isDryRun = isDryRun
  }

  package static let fields = Fields<Self>("ImportQuery", "How a list is imported.") {
    Field("dryRun", \.isDryRun, .flag, "Whether every row is only checked and none is saved.")
  }
}

extension Operations {
  package static let importAccounts = Operation<Nothing, ImportQuery, Nothing, ImportLine>(
    .post, "/v1/accounts/import", id: "postAccountsImport", .accounts, .workspace,
    "Import refresh tokens from a list.",
    "A row has an e-mail address, a client id (followed by a slash and the tenant, if any), a refresh "
      + "token and, for a web client, its secret. Valid rows are saved as they are read; for the others the "
      + "reply gives the line and the reason.",
    body: .stream(
      type: "text/csv",
      summary: "UTF-8 or UTF-16; separated by commas, semicolons, tabs or `----`; with or without a header."),
    reply: .lines,
    grant: OperationGrant(.write, nil))
}
