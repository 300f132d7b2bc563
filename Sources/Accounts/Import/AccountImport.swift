package import Core
import Store
import Tables
import Vault

/// The import of one list of mailboxes. Valid rows are saved in batches as they arrive; an invalid one
/// does not affect others. What is saved stays saved, whatever happens to the rest.
package struct AccountImport: Sendable {
  private let directory: AccountDirectory
  private let workspace: WorkspaceID
  /// Checks everything and saves nothing.
  private let isDryRun: Bool

  private var reader = CSVReader()
  private var columns: ImportColumns?
  private var waiting: [ImportRow] = []
  private var apps = ImportedApps()
  /// The line of each mailbox, by its hash: a few bytes per row, not its text.
  private var lines: [Int: Int] = [:]
  private var counts = ImportCounts()
  private var told = 0
  /// Whether the rest of the list is not worth reading.
  package private(set) var isOver = false

  /// One transaction each: with a few hundred rows the cost of the commit is small.
  private static let batch = 250
  private static let progressStep = 500

  package init(into directory: AccountDirectory, workspace: WorkspaceID, isDryRun: Bool) {
    self.directory = directory
    self.workspace = workspace
    self.isDryRun = isDryRun
  }

  /// The reports about this piece of the list.
  package mutating func take(_ chunk: [UInt8]) async -> [ImportReport] {
    isOver ? [] : await take(reader.read(chunk), isLast: false)
  }

  /// The rest, at the end of the list; the last report is `done` or `stopped`.
  package mutating func finish() async -> [ImportReport] {
    if isOver { return [] }
    let reports = await take(reader.finish(), isLast: true)
    if isOver { return reports }
    isOver = true
    wakeConnector()
    return reports + [.done(counts)]
  }

  /// Ends it early: the caller has stopped reading, or the list is too long.
  package mutating func stop(_ problem: Problem) -> [ImportReport] {
    if isOver { return [] }
    isOver = true
    wakeConnector()
    return [.stopped(problem, counts)]
  }

  /// At the first batch and at the end: between them it continues as long as it finds accounts, and each
  /// call lets it try again all that wait.
  private func wakeConnector() {
    if counts.imported > 0, !isDryRun { directory.connector.nudge() }
  }

  private mutating func take(_ rows: [CSVRow], isLast: Bool) async -> [ImportReport] {
    var reports: [ImportReport] = []
    for row in rows where !isOver {
      if isHeader(row, &reports) { continue }
      counts.rows += 1
      do throws(Problem) {
        waiting.append(try read(row))
      } catch {
        counts.failed += 1
        reports.append(.failed(line: row.line, error))
      }
      if waiting.count >= Self.batch { reports += await save() }
    }
    if isLast, !isOver { reports += await save() }
    if !isOver, counts.rows - told >= Self.progressStep {
      told = counts.rows - counts.rows % Self.progressStep
      reports.append(.progress(counts))
    }
    return reports
  }

  /// Whether it is the first row and says what the columns are.
  private mutating func isHeader(_ row: CSVRow, _ reports: inout [ImportReport]) -> Bool {
    guard columns == nil, case .success(let fields) = row.fields else { return false }
    let header = ImportColumns(header: fields)
    let found = header ?? ImportColumns(guessedFrom: fields, reader.separator)
    columns = found
    if !found.missing.isEmpty {
      counts.failed += 1
      reports += [.failed(line: row.line, Problem.headerLacks(found.missing)), .done(counts)]
      isOver = true
    }
    if found.hasPassword { reports.append(.passwordsLeftOut(line: row.line)) }
    return header != nil
  }

  private mutating func read(_ row: CSVRow) throws(Problem) -> ImportRow {
    let fields: [String]
    switch row.fields {
    case .success(let texts): fields = texts
    case .failure(let fault): throw .unreadableRow(fault)
    }
    let read = try ImportRow(line: row.line, (columns ?? .usual).values(fields))
    let key = read.key.hashValue
    if let first = lines[key] { throw .rowTwice(first: first) }
    lines[key] = row.line
    return read
  }

  private mutating func save() async -> [ImportReport] {
    guard !waiting.isEmpty else { return [] }
    let rows = waiting
    waiting = []
    do {
      let saved = try await directory.save(rows, knowing: apps, isDryRun: isDryRun, in: workspace)
      apps = saved.apps
      let reports = zip(rows, saved.outcomes).compactMap { report($1, line: $0.line) }
      if counts.imported <= Self.batch { wakeConnector() }
      return reports
    } catch {
      return stop(error as? Problem ?? Problem.importStopped)
    }
  }

  /// `nil` for a new account: there is nothing to report.
  private mutating func report(_ outcome: ImportOutcome, line: Int) -> ImportReport? {
    switch outcome {
    case .success(let saved):
      counts.imported += 1
      return saved.origin == .new ? nil : .renewed(line: line, saved.id)
    case .failure(let problem):
      counts.failed += 1
      return .failed(line: line, problem)
    }
  }
}

/// The reports about a list while it is read.
package enum ImportReport: Sendable {
  case failed(line: Int, Problem)
  /// The account existed, and has this grant now.
  case renewed(line: Int, AccountID)
  /// The list has a column of passwords.
  case passwordsLeftOut(line: Int)
  case progress(ImportCounts)
  case done(ImportCounts)
  /// What was saved stays; the rest of the list was not read.
  case stopped(Problem, ImportCounts)
}

package struct ImportCounts: Sendable, Hashable {
  /// Those with content; a header does not count.
  package var rows = 0
  package var imported = 0
  package var failed = 0
}

extension Problem {
  fileprivate static let importStopped = Problem(
    .requestInternal, "The import was interrupted.",
    remedy: "Send the list again; rows that were saved are updated.",
    retry: .safe(after: nil))
}
