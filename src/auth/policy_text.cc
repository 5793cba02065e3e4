#include "auth/policy_text.h"

#include <algorithm>

#include "base/ascii.h"

namespace cruddur::auth {
namespace {

constexpr char kAny = '\xFF', kOne = '\xFE', kVariable = '\xFD';
constexpr std::string_view kMarks = "\xFF\xFE\xFD";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Where the character that begins at `at` ends.
size_t CharacterEnd(std::string_view text, size_t at) {
  for (++at; at < text.size() && IsContinuation(text[at]);) ++at;
  return at;
}

// The usual glob: on a mismatch the last '*' takes one character more.
bool Glob(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == kAny) {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == kOne) {
      ++p;
      t = CharacterEnd(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == kAny) ++p;
  return p == pattern.size();
}

// The first five parts between colons, and the rest.
std::vector<std::string_view> ArnParts(std::string_view arn) {
  std::vector<std::string_view> parts;
  while (parts.size() < 5) {
    const size_t colon = arn.find(':');
    if (colon == arn.npos) break;
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.push_back(arn);
  return parts;
}

}  // namespace

base::Result<PolicyText> PolicyText::Parse(std::string_view text, Wildcards wildcards,
                                           bool variables) {
  PolicyText out;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (variables && text.substr(at).starts_with("${")) {
      const size_t end = text.find('}', at);
      if (end == text.npos) {
        return base::Fail(base::ErrorCode::kInvalidArgument, "a policy variable without its '}'");
      }
      const std::string_view name = text.substr(at + 2, end - at - 2);
      if (name == "*" || name == "?" || name == "$") {
        out.text_ += name;
      } else {
        out.variables_.push_back(base::LowerAscii(name));
        out.text_.append(1, kVariable).append(out.variables_.back()).append(1, kVariable);
      }
      at = end;
    } else if (wildcards == Wildcards::kYes && (c == '*' || c == '?')) {
      out.text_ += c == '*' ? kAny : kOne;
    } else {
      out.text_ += c;
    }
  }
  return out;
}

std::optional<std::string> PolicyText::Replaced(const VariableValue& variable) const {
  if (variables_.empty()) return text_;
  std::string out;
  std::string_view rest = text_;
  for (size_t mark; (mark = rest.find(kVariable)) != rest.npos;) {
    out += rest.substr(0, mark);
    const size_t end = rest.find(kVariable, mark + 1);
    const auto value = variable(rest.substr(mark + 1, end - mark - 1));
    if (!value || value->find_first_of(kMarks) != value->npos) return std::nullopt;
    out += *value;
    rest.remove_prefix(end + 1);
  }
  out += rest;
  return out;
}

bool PolicyText::Matches(std::string_view value, const VariableValue& variable) const {
  if (variables_.empty()) return Glob(text_, value);
  const auto pattern = Replaced(variable);
  return pattern && Glob(*pattern, value);
}

bool PolicyText::MatchesIgnoringCase(std::string_view value, const VariableValue& variable) const {
  const auto pattern = Replaced(variable);
  return pattern && Glob(base::LowerAscii(*pattern), base::LowerAscii(value));
}

bool PolicyText::MatchesArn(std::string_view value, const VariableValue& variable) const {
  const auto pattern = Replaced(variable);
  if (!pattern) return false;
  return std::ranges::equal(ArnParts(*pattern), ArnParts(value),
                            [](std::string_view a, std::string_view b) { return Glob(a, b); });
}

}  // namespace cruddur::auth
