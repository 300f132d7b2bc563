/// Every mailbox of the sandbox.
package actor MailStore {
  private let directory: SandboxDirectory
  private let clock: SandboxClock

  package init(directory: SandboxDirectory, clock: SandboxClock) {
    self.directory = directory
    self.clock = clock
  }

  package func reset() {}
}
