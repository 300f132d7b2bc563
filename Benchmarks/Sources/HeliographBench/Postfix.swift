import Foundation

/// Postfix with a queue of its own in which it holds every message: it stores and delivers nothing.
///
/// It needs root, as Postfix always does, and its user must be able to enter the folder.
struct Postfix: Sendable {
  let port: Int

  static func run<Value>(
    _ bench: Bench, isolation: isolated (any Actor)? = #isolation, _ body: (Postfix) async throws -> Value
  ) async throws -> Value {
    let postfix = Postfix(port: try Service.freePort())
    let folder = bench.fresh("postfix")
    try postfix.configure(in: folder)
    return try await Child.run(
      "/usr/sbin/postfix", ["-c", folder + "/etc", "start-fg"], log: bench.folder + "/postfix.log"
    ) { child in
      try await Service(port: postfix.port).untilListening(child)
      return try await body(postfix)
    }
  }

  private func configure(in folder: String) throws {
    let files = FileManager.default
    for name in ["etc", "queue", "data"] {
      try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    try files.setAttributes([.ownerAccountName: "postfix"], ofItemAtPath: folder + "/data")
    try Self.settings(folder).write(toFile: folder + "/etc/main.cf", atomically: false, encoding: .utf8)
    try services.write(toFile: folder + "/etc/master.cf", atomically: false, encoding: .utf8)
  }

  private static func settings(_ folder: String) -> String {
    """
    compatibility_level = 3.6
    queue_directory = \(folder)/queue
    data_directory = \(folder)/data
    command_directory = /usr/sbin
    daemon_directory = /usr/lib/postfix/sbin
    mail_owner = postfix
    setgid_group = postdrop
    myhostname = localhost
    mydestination =
    mynetworks = 127.0.0.0/8
    inet_interfaces = loopback-only
    inet_protocols = ipv4
    smtpd_relay_restrictions = permit_mynetworks, reject
    smtpd_client_restrictions = check_client_access static:HOLD
    smtpd_peername_lookup = no
    smtpd_client_connection_count_limit = 0
    alias_maps =
    local_recipient_maps =
    maillog_file = \(folder)/log
    maillog_file_prefixes = \(folder)

    """
  }

  private var services: String {
    """
    127.0.0.1:\(port) inet n - n - - smtpd
    pickup unix n - n 60 1 pickup
    cleanup unix n - n - 0 cleanup
    qmgr unix n - n 300 1 qmgr
    tlsmgr unix - - n 1000? 1 tlsmgr
    rewrite unix - - n - - trivial-rewrite
    bounce unix - - n - 0 bounce
    defer unix - - n - 0 bounce
    trace unix - - n - 0 bounce
    flush unix n - n 1000? 0 flush
    proxymap unix - - n - - proxymap
    smtp unix - - n - - smtp
    showq unix n - n - - showq
    error unix - - n - - error
    retry unix - - n - - error
    discard unix - - n - - discard
    anvil unix - - n - 1 anvil
    scache unix - - n - 1 scache
    postlog unix-dgram n - n - 1 postlogd

    """
  }
}
