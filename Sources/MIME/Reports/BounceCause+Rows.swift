extension BounceCause {
  /// The first row that matches decides: what names a cause beyond doubt comes first, then what Exchange's statuses
  /// mean (Microsoft Learn, "Email non-delivery reports and SMTP errors in Exchange Online"), then words, then the
  /// statuses of RFC 3463 and IANA's registry, then bare codes.
  static let rows: [Row] =
    reputation + exchange + address + mailbox + delivery + judgement + registered + codes

  private static let reputation =
    words(
      .domainBlacklisted, "dbl.spamhaus", "surbl", "uribl", "ivmuri", "domain + blacklisted",
      "domain + blocklisted")
    + words(
      .ipBlacklisted, "spamhaus", "spamcop", "barracudacentral", "sorbs.net", "dnsbl", "rbl ", "cloudmark",
      "proofpoint + blocked", "s3140", "s3150", "block list", "blocklist", "blacklist", "banned sending ip",
      "bad reputation", "poor reputation", "low reputation")
    + words(
      .authFailure, "dmarc", "dkim", "spf check", "spf fail", "spf record", "sender policy framework",
      "unauthenticated email", "unauthenticated mail", "authentication checks")
    + words(.greylisting, "greylist", "graylist", "grey-list", "postgrey")
    + words(.virusDetected, "virus", "malware", "infected")
    + words(.geoBlocked, "geo-block", "geoblock", "from your country", "from this country")

  /// What Exchange Online says.
  private static let exchange =
    words(
      .userUnknown, "resolver.adr.recipientnotfound", "resolver.adr.exrecipnotfound",
      "resolver.adr.recipnotfound")
    + words(.domainNotFound, "null mx")
    + status(1, 10, .userUnknown)
    + status(1, 8, .policyBlocked, .fixConfiguration)
    + status(1, 20, .protocolError)
    + status(1, 90, .rateLimited)
    + words(.rateLimited, "submission quota", "exceeded your daily limit", "reached your daily limit")
    + status(2, 121...122, .rateLimited)
    + words(.userUnknown, "recipient address rejected: access denied")
    + status(4, 310, .domainNotFound) + status(4, 312, .serverError)
    + status(4, 300, .expired) + status(4, 316, .expired)
    + status(4, 11, .routingError) + status(4, 14, .routingError)
    + status(7, 12, .policyBlocked) + status(7, 57, .relayDenied) + status(7, 64, .relayDenied)
    + status(7, 124, .policyBlocked) + status(7, 133...136, .policyBlocked)
    + status(7, 232...236, .rateLimited)
    + status(7, 321...325, .serverError)
    + status(7, 501...503, .spamBlocked) + status(7, 504...505, .policyBlocked)
    + status(7, 506, .policyBlocked, .fixConfiguration) + status(7, 507, .ipBlacklisted)
    + status(7, 508, .rateLimited) + status(7, 509, .authFailure)
    + status(7, 511, .ipBlacklisted) + status(7, 512...513, .policyBlocked)
    + status(7, 520, .policyBlocked) + status(7, 605...649, .ipBlacklisted)
    + status(7, 705, .rateLimited) + status(7, 708, .ipBlacklisted) + status(7, 700...749, .rateLimited)
    + status(7, 750, .policyBlocked, .fixConfiguration) + status(7, 850...899, .rateLimited)

  private static let address =
    words(
      .relayDenied, "relay access denied", "relaying denied", "relay not permitted", "unable to relay",
      "relaying is not allowed", "not permitted to relay", "smtp relay error")
    + words(
      .domainNotFound, "no such domain", "domain not found", "domain does not exist",
      "remote domain doesnt exist",
      "host unknown", "unknown host", "host not found", "unrouteable address", "unroutable address",
      "nxdomain",
      "couldn't find any host", "couldn't find a mail exchanger", "no mail hosts for domain",
      "all host address lookups failed permanently", "all relevant mx records point to non-existent hosts",
      "indicated no smtp service")
    + words(
      .invalidAddress, "bad address syntax", "malformed address", "invalid address format",
      "bad recipient address syntax")

  private static let mailbox =
    words(
      .mailboxFull, "mailbox is full", "mailbox full", "mailbox for + is full", "over quota", "overquota",
      "over the quota", "quota exceeded", "exceeded storage", "exceeded its quota", "insufficient storage",
      "not enough free space", "out of storage", "exceeded quota")
    + words(
      .mailboxDisabled, "mailbox disabled", "account disabled", "account is disabled",
      "account has been disabled",
      "mailbox is disabled", "mailbox is inactive", "account is inactive", "inactive user", "suspended",
      "account that you tried to reach is disabled", "account is temporarily limited",
      "administratively disabled",
      "no longer active", "has been deactivated")
    + words(
      .userUnknown, "user unknown", "unknown user", "no such user", "no such recipient", "no mailbox here",
      "no such mailbox", "recipient not found", "user not found", "mailbox not found", "unknown recipient",
      "recipient unknown", "invalid recipient", "invalid mailbox", "not a valid mailbox",
      "user doesn't exist",
      "does not exist", "doesn't exist", "does not like recipient", "no longer valid", "not our customer",
      "email address wasn't found", "couldn't be found", "no account by that name", "address unknown",
      "address not found", "user does not have",
      // docomo, au, softbank
      "メールアドレスが見つか", "宛先が見つか", "あて先が見つか")

  private static let delivery =
    words(
      .messageTooLarge, "message too large", "message too big", "message is too large",
      "message size exceeds",
      "exceeds maximum message size", "message size limit", "size exceeds", "maximum size the user accepts")
    + words(
      .routingError, "mail loop", "routing loop", "loops back to", "hop count", "too many hops",
      "too many received")
    + words(
      .rateLimited, "rate limit", "too many messages", "too many connections", "throttl", "too many emails",
      "sending limit", "too many recipients", "receiving mail too quickly", "receiving mail at a rate",
      "unusual rate", "temporarily deferred")
    + words(
      .expired, "message expired", "in the queue too long", "retry timeout exceeded",
      "retry time not reached",
      "was not delivered within", "delivery time expired", "could not be delivered for more than")
    + words(
      .serverError, "connection refused", "connection timed out", "connection reset", "lost connection",
      "no route to host", "network is unreachable", "host not reachable", "not responding", "server busy",
      "try again later", "local error", "system error", "service unavailable", "temporary failure",
      "internal error",
      "wasn't able to establish an smtp connection", "name service error", "dns lookup failed")

  private static let judgement =
    words(
      .spamBlocked, "spam", "unsolicited", "junk mail", "bulk mail", "abuse detected")
    + words(.contentRejected, "content rejected", "attachment", "content not accepted", "file type")
    + words(
      .policyBlocked, "policy", "prohibited", "not authorized", "not authorised", "not allowed to send",
      "delivery not permitted", "restricted", "sender denied", "sender rejected", "access denied",
      "not accept mail from",
      "restrictions")

  /// RFC 3463 section 3, and IANA's registry of SMTP enhanced status codes.
  private static let registered =
    status(1, 1, .userUnknown) + status(1, 2, .domainNotFound) + status(1, 3, .invalidAddress)
    + status(1, 6, .userUnknown) + status(1, 7...8, .policyBlocked) + status(1, 0...5, .invalidAddress)
    + status(2, 1, .mailboxDisabled) + status(2, 2, .mailboxFull) + status(2, 3, .messageTooLarge)
    + status(2, 0...4, .serverError)
    + status(3, 4, .messageTooLarge) + status(3, 1, .serverError) + status(3, 0...5, .serverError)
    + status(4, 4, .domainNotFound) + status(4, 6, .routingError) + status(4, 7, .expired)
    + status(4, 0...5, .serverError)
    + status(5, 3, .rateLimited) + status(5, 0...6, .protocolError)
    + status(6, 0...14, .contentRejected)
    + status(7, 20...24, .authFailure) + status(7, 25, .ipBlacklisted, .fixConfiguration)
    + status(7, 26...27, .authFailure) + status(7, 28, .rateLimited) + status(7, 0...699, .policyBlocked)

  private static let codes =
    code(421, .serverError) + code(451, .serverError) + code(452, .mailboxFull) + code(552, .mailboxFull)
    + code(553, .invalidAddress) + code(556, .domainNotFound)
    + code(500, .protocolError) + code(501, .protocolError) + code(503, .protocolError)
}

// Blocklists
extension BounceCause {
  /// The lists that receivers name, by what a refusal has of them.
  static let blocklists: [(phrase: String, list: Blocklist)] = [
    ("dbl.spamhaus", Blocklist(name: "dbl.spamhaus.org", type: .domain)),
    ("sbl.spamhaus", Blocklist(name: "sbl.spamhaus.org", type: .ip)),
    ("xbl.spamhaus", Blocklist(name: "xbl.spamhaus.org", type: .ip)),
    ("pbl.spamhaus", Blocklist(name: "pbl.spamhaus.org", type: .ip)),
    ("spamhaus", Blocklist(name: "zen.spamhaus.org", type: .ip)),
    ("surbl", Blocklist(name: "multi.surbl.org", type: .domain)),
    ("uribl", Blocklist(name: "multi.uribl.com", type: .domain)),
    ("ivmuri", Blocklist(name: "ivmURI", type: .domain)),
    ("spamcop", Blocklist(name: "bl.spamcop.net", type: .ip)),
    ("barracudacentral", Blocklist(name: "b.barracudacentral.org", type: .ip)),
    ("sorbs.net", Blocklist(name: "dnsbl.sorbs.net", type: .ip)),
    ("s3140", Blocklist(name: "Outlook.com", type: .ip)),
    ("s3150", Blocklist(name: "Outlook.com", type: .ip)),
    ("cloudmark", Blocklist(name: "Cloudmark", type: .ip)),
    ("proofpoint", Blocklist(name: "Proofpoint", type: .ip)),
  ]
}
