package import Core
package import Store

/// One kind of work that a queue does.
package protocol QueueWork: Sendable {
  /// What an attempt needs to know.
  associatedtype Item: Sendable
  /// What is reported when it is over.
  associatedtype Report: Sendable

  /// Whose rows and lanes these are.
  var kind: WorkKind { get }
  /// Whether others lock many rows of a lane at once, which they then do after the lane itself.
  var locksLaneFirst: Bool { get }

  /// Reads, in the claiming transaction, what the attempt needs. It may record the first step already, so
  /// that claim and record share a commit.
  func begin(_ attempt: QueueAttempt, in tx: borrowing Transaction) throws -> Item

  /// Makes one attempt. Each step is recorded with `recorder` before its request leaves.
  ///
  /// - Throws: `CancellationError` and what `recorder` throws; everything else is a verdict.
  func perform(_ item: Item, recorder: StepRecorder) async throws -> QueueVerdict<Report>

  /// What happens to a row whose attempt was cut off with its owner.
  func interrupted(_ row: QueueRecord, now: Instant) -> QueueSettlement

  /// Writes what the next claims depend on, in the transaction that settles an attempt and before that claims others:
  /// counts of what was not sent, what is left to do of a row that is done. Returns whether the pause that the verdict
  /// asks for is still due.
  func beforeClaims(_ report: Report, in tx: borrowing Transaction) throws -> Bool

  /// Reports an attempt that is over, in the transaction that settles it. Touches no lane, and no queue row but new
  /// ones.
  func conclude(_ report: Report, in tx: borrowing Transaction) throws
}

extension QueueWork {
  package func beforeClaims(_ report: Report, in tx: borrowing Transaction) throws -> Bool { true }
  package var locksLaneFirst: Bool { false }
}

/// One claimed row, processed by the lane's owner.
package struct QueueAttempt: Sendable {
  package var row: QueueRecord
  package var lease: LaneLease
  package var started: Instant
}

/// The result of an attempt.
package struct QueueVerdict<Report: Sendable>: Sendable {
  /// One word for the attempt's history.
  package var name: String
  package var settlement: QueueSettlement
  /// The whole lane rests until then, because what stopped this row would stop the others too.
  package var pauseUntil: Instant?
  package var report: Report

  package init(name: String, settlement: QueueSettlement, pauseUntil: Instant?, report: Report) {
    self.name = name
    self.settlement = settlement
    self.pauseUntil = pauseUntil
    self.report = report
  }
}
