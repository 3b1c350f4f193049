mod fit;
mod samples;
