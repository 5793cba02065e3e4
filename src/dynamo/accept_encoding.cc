#include <algorithm>
#include <charconv>
#include <optional>

#include "dynamo/content_coding.h"
#include "net/http.h"

namespace cruddur::dynamo {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Cuts off and returns what comes before the separator.
std::string_view Next(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// Of the first "q=" among the parameters, whatever stands before it.
double WeightOf(std::string_view parameters) {
  const size_t at = parameters.find("q=");
  if (at == parameters.npos) return 1;
  std::string_view rest = parameters.substr(at + 2);
  const std::string_view text = Trimmed(Next(rest, ';'));
  double weight = 1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), weight);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole ? std::min(weight, 1.0) : 1;
}

}  // namespace

AnswerCoding ChooseCoding(std::string_view accept_encoding) {
  AnswerCoding best = AnswerCoding::kPlain;
  double best_weight = 0;
  std::optional<double> any;
  bool gzip_named = false, deflate_named = false;
  while (!accept_encoding.empty()) {
    std::string_view parameters = Next(accept_encoding, ',');
    const std::string_view name = Trimmed(Next(parameters, ';'));
    const bool gzip = net::EqualsIgnoreCase(name, "gzip");
    const bool deflate = net::EqualsIgnoreCase(name, "deflate");
    gzip_named |= gzip;
    deflate_named |= deflate;
    const double weight = WeightOf(parameters);
    if (name == "*" && !any) any = weight;
    if (!(gzip || deflate) || weight <= best_weight) continue;
    best = gzip ? AnswerCoding::kGzip : AnswerCoding::kDeflate;
    best_weight = weight;
  }
  if (any && *any > best_weight && !(gzip_named && deflate_named)) {
    best = gzip_named ? AnswerCoding::kDeflate : AnswerCoding::kGzip;
  }
  return best;
}

}  // namespace cruddur::dynamo
