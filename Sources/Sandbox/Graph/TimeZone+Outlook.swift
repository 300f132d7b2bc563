import Foundation

extension TimeZone {
  /// By a name of the IANA database, or by one of the names of Windows that are in use most (CLDR, windowsZones).
  init?(outlook name: String) {
    self.init(identifier: Self.windows[name.lowercased()] ?? name)
  }

  private static let windows = [
    "utc": "UTC", "gmt standard time": "Europe/London", "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris", "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw", "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kiev", "gtb standard time": "Europe/Bucharest",
    "russian standard time": "Europe/Moscow", "turkey standard time": "Europe/Istanbul",
    "israel standard time": "Asia/Jerusalem", "south africa standard time": "Africa/Johannesburg",
    "arabian standard time": "Asia/Dubai", "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore",
    "korea standard time": "Asia/Seoul", "tokyo standard time": "Asia/Tokyo",
    "aus eastern standard time": "Australia/Sydney", "new zealand standard time": "Pacific/Auckland",
    "e. south america standard time": "America/Sao_Paulo", "atlantic standard time": "America/Halifax",
    "eastern standard time": "America/New_York", "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver", "us mountain standard time": "America/Phoenix",
    "pacific standard time": "America/Los_Angeles", "alaskan standard time": "America/Anchorage",
    "hawaiian standard time": "Pacific/Honolulu",
  ]
}
