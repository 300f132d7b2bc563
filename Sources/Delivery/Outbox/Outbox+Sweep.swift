import Accounts
import Core
import Logging
import Store

extension Outbox {
  /// Forgets, now and then, what need not be kept any longer. A failure is left to the next time.
  func sweep() async throws {
    while true {
      do {
        try await sweepOnce()
      } catch let problem as StoreProblem {
        logger.warning(
          "The outbox could not be swept; trying again later.", metadata: ["problem": "\(problem)"])
      }
      try await time.sleep(for: configuration.sweepInterval)
    }
  }

  func sweepOnce() async throws {
    let now = time.now
    let (settled, keys) = (now - configuration.retention, now - configuration.idempotencyRetention)
    try await store.write { (tx: borrowing Transaction) in try tx.deleteIdempotency(before: keys) }
    while case let letters = try await store.read({ (tx: borrowing Transaction) in
      try tx.settledQueue(before: settled, limit: 100)
    }), !letters.isEmpty {
      for (workspace, id) in letters { try await forget(workspace, id) }
    }
    let bound = QueueID.make(at: now - configuration.unboundRetention)
    while case let chunks = try await store.read({ (tx: borrowing Transaction) in
      try tx.unboundChunks(before: bound, limit: 100)
    }), !chunks.isEmpty {
      for chunk in chunks {
        try await store.write { (tx: borrowing Transaction) in try tx.deleteChunk(chunk) }
      }
    }
  }

  /// The chunks of a long letter one by one, so that nobody waits for their deletion.
  private func forget(_ workspace: WorkspaceID, _ id: QueueID) async throws {
    let letter = try await store.read { (tx: borrowing Transaction) in try tx.letter(workspace, id) }
    for sequence in 1..<max(1, letter?.chunks ?? 1) {
      let key = ChunkKey(workspace, id, sequence)
      try await store.write { (tx: borrowing Transaction) in try tx.deleteChunk(key) }
    }
    try await store.write { (tx: borrowing Transaction) in try tx.deleteLetter(workspace, id) }
  }

  /// Deletes the drafts of letters that were cancelled or have failed. What cannot be deleted now is tried again
  /// until the letter itself is forgotten.
  func deleteOrphans() async throws {
    while true {
      try await time.sleep(for: configuration.orphanInterval)
      do {
        let orphans = try await store.read { (tx: borrowing Transaction) in try tx.orphans(limit: 1000) }
        for orphan in orphans { try await delete(orphan) }
      } catch let problem as StoreProblem {
        logger.warning("Left-over drafts could not be read.", metadata: ["problem": "\(problem)"])
      }
    }
  }

  private func delete(_ orphan: OrphanRecord) async throws {
    do {
      try await backends(orphan.workspace, orphan.account).deleteDraft(DraftID(orphan.draft))
    } catch let problem as any Problem where problem.code != .accountNotFound {
      return logger.info("A left-over draft stays for now.", metadata: ["problem": "\(problem)"])
    } catch is any Problem {
      // Without its account nobody can reach it any more.
    }
    try await store.write { (tx: borrowing Transaction) in
      try tx.forgetOrphan(orphan.workspace, orphan.id)
    }
  }
}
