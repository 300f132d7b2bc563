extension Migration {
  /// What was changed of a message, what its SMTP client asks of failure reports, and what a token may be used for.
  static let reporting = Migration(
    version: 4,
    statements: [
      // `changes`: what was changed of the message when it was accepted, a sentence a line. `report_request`: what its
      // SMTP client asks of failure reports (RFC 3461), as JSON; null when it asks for nothing.
      "ALTER TABLE message ADD COLUMN changes TEXT",
      "ALTER TABLE message ADD COLUMN report_request TEXT",
      // `restrictions` and `permissions`: from where, how often and for what the token may be used, as JSON; null when
      // it is not restricted. `used` and `used_from`: when and from which address it was last used, to the minute.
      "ALTER TABLE api_token ADD COLUMN restrictions TEXT",
      "ALTER TABLE api_token ADD COLUMN permissions TEXT",
      "ALTER TABLE api_token ADD COLUMN used BIGINT",
      "ALTER TABLE api_token ADD COLUMN used_from TEXT",
    ])
}
