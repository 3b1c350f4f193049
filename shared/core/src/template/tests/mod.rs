mod check;
mod fit;
mod listed;
mod properties;
mod raw;
mod render;
mod samples;
mod values;
