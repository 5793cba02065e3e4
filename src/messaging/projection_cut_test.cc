// Three messages in every order, repeated, and the process cut off at every call: the rows end at
// the newest message whatever came before, and nobody's row is ever missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::IsEmpty;

constexpr int kNoMoreCalls = 60;

struct Setting {
  bool transactions;
  Fate fate;
};

class ProjectionCutTest : public ::testing::TestWithParam<Setting> {
 protected:
  static ServiceOptions Options() {
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = GetParam().transactions;
    return options;
  }

  // A conversation whose messages 1 to 3 nobody has projected yet.
  void Prepare(TestStore& store) {
    messages_.clear();
    Message message = TestService(store).Start(kAndrew, kBayko, "0").value();
    for (const char* text : {"1", "2", "3"}) {
      message.text = text;
      message.created_at = std::string("2030-01-01T00:00:0") + text + ".000000+00:00";
      model::PutItemRequest put;
      put.table = store.table();
      put.item = ItemOf(message);
      ASSERT_TRUE(store.Run(store.client().PutItem(std::move(put))));
      messages_.push_back(message);
    }
  }

  // The messages one by one, cut off at call `at`. False: there were fewer calls.
  bool ProjectUntilCut(TestStore& store, const std::vector<int>& order, int at) {
    InterruptedClient client(store.client(), [&](int call, std::string_view) {
      return call < at ? Fate::kPasses : call == at ? GetParam().fate : Fate::kFails;
    });
    TestService cut(store, &client, Options());
    records_.clear();
    for (const int which : order) {
      records_.push_back(RecordOf(ItemOf(messages_[static_cast<size_t>(which)]),
                                  std::to_string(records_.size() + 1)));
      store.Run(cut.service.projection().Handle({&records_.back(), 1}, Delivery::kFirst));
    }
    return client.calls() >= at;
  }

  // The next process gets everything again, in one batch or one by one.
  void ProjectAgain(TestStore& store, bool together) {
    TestService next(store, nullptr, Options());
    Projection& projection = next.service.projection();
    const size_t step = together ? records_.size() : 1;
    for (size_t i = 0; i < records_.size(); i += step) {
      ASSERT_THAT(store.Run(projection.Handle({&records_[i], step}, Delivery::kPerhapsRepeated)),
                  IsEmpty());
    }
  }

  std::vector<Message> messages_;
  std::vector<model::StreamRecord> records_;
};

INSTANTIATE_TEST_SUITE_P(Settings, ProjectionCutTest,
                         ::testing::Values(Setting{true, Fate::kFails}, Setting{true, Fate::kLost},
                                           Setting{false, Fate::kFails},
                                           Setting{false, Fate::kLost}),
                         [](const auto& info) {
                           return std::string(info.param.transactions ? "AtOnce" : "StepByStep") +
                                  (info.param.fate == Fate::kFails ? "Before" : "After");
                         });

TEST_P(ProjectionCutTest, EndsAtTheNewestAfterAnyOrderAndAnyCut) {
  std::vector<int> order{0, 1, 2};
  do {
    for (int at = 1;; ++at) {
      ASSERT_LT(at, kNoMoreCalls);
      SCOPED_TRACE("cut at call " + std::to_string(at));
      TestStore store(StoreKind::kEngine);
      Prepare(store);
      const std::string& conversation = messages_[0].conversation_uuid;
      const bool was_cut = ProjectUntilCut(store, order, at);
      const TableContent content = ReadTable(store);
      for (const Person& who : {kAndrew, kBayko}) {
        ASSERT_FALSE(content.RowsOf(conversation, who.uuid).empty());
      }
      ProjectAgain(store, at % 2 == 0);
      ExpectSettled(ReadTable(store), conversation, {kAndrew, kBayko});
      if (!was_cut) break;
    }
  } while (std::ranges::next_permutation(order).found);
}

}  // namespace
}  // namespace cruddur::messaging
