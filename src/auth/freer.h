// The deleter of a unique_ptr to an object of a C library, by the library's function for it.
#pragma once

namespace cruddur::auth {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

}  // namespace cruddur::auth
