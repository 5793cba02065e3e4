// Two key attributes out of any bytes: their keys' byte order is the values' order, and none begins
// another one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/key_codec.h"
#include "expr/comparison.h"

namespace {

using namespace cruddur;

// The text of a number with a sign, up to 38 digits and an exponent, of any bytes.
std::string NumberText(std::string_view bytes) {
  std::string text;
  if (bytes.front() & 1) text += '-';
  const size_t digits = std::min<size_t>(bytes.size(), 38);
  for (char each : bytes.substr(0, digits)) {
    text += static_cast<char>('0' + static_cast<unsigned char>(each) % 10);
  }
  return text + "e" + std::to_string(static_cast<signed char>(bytes.back()) % 80);
}

model::AttributeValue ValueOf(char kind, std::string_view bytes) {
  if (kind % 3 == 1) return model::AttributeValue(model::Binary{std::string(bytes)});
  if (kind % 3 == 2 && !bytes.empty()) {
    if (auto number = model::Number::Parse(NumberText(bytes))) {
      return model::AttributeValue(*std::move(number));
    }
  }
  return model::AttributeValue(std::string(bytes));
}

int Sign(auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t middle = std::min<size_t>(data[1], bytes.size());
  const auto kind = static_cast<char>(data[0] & 3);
  const model::AttributeValue left = ValueOf(kind, bytes.substr(0, middle));
  const model::AttributeValue right = ValueOf(kind, bytes.substr(middle));
  if (left.type() != right.type()) return 0;
  std::string left_key, right_key;
  engine::AppendKeyAttribute(left, left_key);
  engine::AppendKeyAttribute(right, right_key);
  const int order = Sign(expr::Compare(left, right));
  if (Sign(left_key.compare(right_key)) != order) std::abort();
  if (order != 0 && (left_key.starts_with(right_key) || right_key.starts_with(left_key))) {
    std::abort();
  }
  return 0;
}
