// Gives the messages of a conversation their times in the order in which they are handed to the
// store, in this process: where the store commits in that order, nobody who reads sees a message
// before one with a smaller time.
//
// Thread-safe. Keeps something only of conversations that somebody writes into at the moment: who
// comes later finds in the store what was given out before.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace cruddur::messaging {

class AppendOrder {
 private:
  // What the writers of one conversation share.
  struct Lane {
    std::mutex mutex;
    base::Micros last{0};  // given out; protected by mutex
    size_t writers = 0;    // protected by the shard's mutex
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Lane> lanes;
  };

 public:
  AppendOrder();
  ~AppendOrder();

  // A writer's place: taken before the newest message is read, kept until its own is stored.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // hand_over(time) under the lane's lock, which it must not wait under: it hands the message to
    // the store. The time is `earliest`, or the first microsecond behind what was given out.
    template <class HandOver>
    auto Take(base::Micros earliest, HandOver hand_over) {
      const std::lock_guard lock(lane_.mutex);
      lane_.last = std::max(earliest, lane_.last + base::Micros(1));
      return hand_over(lane_.last);
    }

    // hand_over() under the lock, if no later time was given out meanwhile: the same message again.
    template <class HandOver>
    bool TakeAgain(base::Micros time, HandOver hand_over) {
      const std::lock_guard lock(lane_.mutex);
      if (lane_.last != time) return false;
      hand_over();
      return true;
    }

   private:
    friend class AppendOrder;
    Place(Shard& shard, std::string conversation);

    Shard& shard_;
    const std::string conversation_;
    Lane& lane_;
  };
  Place Enter(std::string_view conversation);

 private:
  static constexpr size_t kShards = 16;
  std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace cruddur::messaging
