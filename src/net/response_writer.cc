#include "net/response_writer.h"

#include <array>
#include <charconv>

namespace cruddur::net {
namespace {

void AppendNumber(std::string& out, size_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void AppendPadded(std::string& out, unsigned value) {
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

// All of it in one.
void AppendChunks(std::string& out, std::string_view body) {
  if (!body.empty()) {
    std::array<char, 16> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), body.size(), 16);
    out.append(digits.data(), end.ptr).append("\r\n").append(body).append("\r\n");
  }
  out += "0\r\n\r\n";
}

}  // namespace

void AppendResponse(std::string& out, const Response& response, const Framing& framing) {
  if (response.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    AppendNumber(out, static_cast<size_t>(response.status));
    out += ' ';
    out += ReasonPhrase(response.status);
    out += "\r\n";
  }
  out += framing.date;
  // These two have no body, whatever the handler wrote (RFC 9110, sections 15.3.5 and 15.4.5).
  const bool bodiless = response.status == 204 || response.status == 304;
  // HTTP/1.0 knows no chunks.
  const bool chunked = response.chunked && !framing.http_1_0;
  if (!bodiless) {
    if (!response.content_type.empty()) {
      out += "Content-Type: ";
      out += response.content_type;
      out += "\r\n";
    }
    if (chunked) {
      out += "Transfer-Encoding: chunked\r\n";
    } else {
      out += "Content-Length: ";
      AppendNumber(out, response.body.size());
      out += "\r\n";
    }
  }
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += response.headers;
  out += "\r\n";
  if (bodiless || framing.head) return;
  if (chunked) return AppendChunks(out, response.body);
  out += response.body;
}

std::string DateLine(std::chrono::sys_seconds time) {
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));

  std::string line = "Date: ";
  line += kDays[std::chrono::weekday(day).c_encoding()];
  line += ", ";
  AppendPadded(line, static_cast<unsigned>(date.day()));
  line += ' ';
  line += kMonths[static_cast<unsigned>(date.month()) - 1];
  line += ' ';
  AppendPadded(line, year / 100);
  AppendPadded(line, year);
  line += ' ';
  AppendPadded(line, static_cast<unsigned>(clock.hours().count()));
  line += ':';
  AppendPadded(line, static_cast<unsigned>(clock.minutes().count()));
  line += ':';
  AppendPadded(line, static_cast<unsigned>(clock.seconds().count()));
  line += " GMT\r\n";
  return line;
}

}  // namespace cruddur::net
