-- People are found by the beginning of their handle or of their name. Ranges of text need an order
-- that is the same in both databases, whatever the locale: that of the bytes, which SQLite calls
-- "binary" and which is made under this name where it isn't there (PrepareSchema).
create index users_handle_beginning on users (lower(handle) collate "binary");
create index users_name_beginning on users (lower(display_name) collate "binary", uuid);
