// Random items for the property tests of this module and of those above it. Included by tests only.
#pragma once

#include <rapidcheck.h>

#include <string>

#include "model/value.h"

namespace cruddur::model {

inline rc::Gen<Number> ArbitraryNumber() {
  return rc::gen::exec([] {
    auto coefficient = *rc::gen::oneOf(rc::gen::inRange<int64_t>(-20, 21),
                                       rc::gen::inRange<int64_t>(INT64_MIN / 2, INT64_MAX / 2));
    int exponent =
        *rc::gen::oneOf(rc::gen::just(0), rc::gen::inRange(-3, 4), rc::gen::inRange(-130, 107));
    return Number::Parse(std::to_string(coefficient) + "e" + std::to_string(exponent)).value();
  });
}

// UTF-8, often empty or short, with what JSON escapes.
inline rc::Gen<std::string> ArbitraryText() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "a", "b", "Z", "0", "#", ".", " ", "\"", "\\", "\n", "\x01", "\x7f", "é", "€", "😀"})),
      [](const std::vector<std::string>& parts) {
        std::string text;
        for (const auto& part : parts) text += part;
        return text;
      });
}

inline rc::Gen<Binary> ArbitraryBinary() {
  return rc::gen::map(rc::gen::arbitrary<std::string>(),
                      [](std::string bytes) { return Binary{std::move(bytes)}; });
}

// Of at least one member, sorted, each once.
template <class Set, class Member>
rc::Gen<Set> ArbitrarySet(rc::Gen<Member> member) {
  return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<Member>>(member)),
                      [](std::vector<Member> members) {
                        std::sort(members.begin(), members.end());
                        members.erase(std::unique(members.begin(), members.end()), members.end());
                        return Set{std::move(members)};
                      });
}

rc::Gen<Map> ArbitraryMap(int depth);

inline rc::Gen<AttributeValue> ArbitraryValue(int depth) {
  return rc::gen::exec([depth]() -> AttributeValue {
    switch (*rc::gen::inRange(0, depth > 0 ? 10 : 8)) {
      case 0:
        return *ArbitraryText();
      case 1:
        return *ArbitraryNumber();
      case 2:
        return *ArbitraryBinary();
      case 3:
        return *rc::gen::arbitrary<bool>();
      case 4:
        return Null();
      case 5:
        return *ArbitrarySet<StringSet>(ArbitraryText());
      case 6:
        return *ArbitrarySet<NumberSet>(ArbitraryNumber());
      case 7:
        return *ArbitrarySet<BinarySet>(ArbitraryBinary());
      case 8: {
        List list;
        int count = *rc::gen::inRange(0, 4);
        for (int i = 0; i < count; ++i) list.push_back(*ArbitraryValue(depth - 1));
        return list;
      }
      default:
        return *ArbitraryMap(depth - 1);
    }
  });
}

inline rc::Gen<Map> ArbitraryMap(int depth) {
  return rc::gen::exec([depth] {
    Map map;
    int count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) map.Set("k" + *ArbitraryText(), *ArbitraryValue(depth));
    return map;
  });
}

inline rc::Gen<Item> ArbitraryItem() { return ArbitraryMap(3); }

}  // namespace cruddur::model
