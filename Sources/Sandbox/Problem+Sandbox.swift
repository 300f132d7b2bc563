import Core

// Why a sandbox does not start.
extension Problem {
  static func remoteHost(_ host: String) -> Problem {
    Problem(
      .configurationInvalid,
      "The sandbox has no passwords and would be open to everyone who reaches '\(host)'.",
      remedy: "Leave --host at 127.0.0.1, or add --allow-remote on a network that you trust.")
  }

  static func portInUse(_ port: Int) -> Problem {
    Problem(
      .serverPortInUse, "Port \(port) is in use by another program.",
      remedy: "Stop that program or choose another port.")
  }

  static let noDataDirectory = Problem(
    .configurationInvalid, "TLS needs a data folder for its certificate authority.", remedy: "Set --data.")
}
