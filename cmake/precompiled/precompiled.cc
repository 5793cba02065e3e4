// A target needs a source: these have only headers.
