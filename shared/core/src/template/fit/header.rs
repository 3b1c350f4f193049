//! What the header shows.

use super::{shown, text, values::Assigned};
use crate::{
    message::{
        Document, MediaSource, Problem, Visual,
        template::{Component, Parameter, ParameterValue},
    },
    template::{
        GivenFile, GivenHeader, Misfit, Wrong,
        view::{Header, View},
    },
};

pub(super) fn component(
    view: &View<'_>,
    at: &str,
    given: Option<&GivenHeader>,
    values: &Assigned<'_>,
) -> Result<Option<Component>, Misfit> {
    let field = format!("{at}header");
    let parameter = match (&view.header, given) {
        (Some(Header::Text(_)), Some(GivenHeader::Text(given))) => {
            let Some(name) = view.header_variable() else {
                let has = "a text without a variable in its header".to_owned();
                return Err(Misfit::new(field, Wrong::Other(has)));
            };
            text::value(format_args!("{field}.text"), given)?;
            text::parameter(view.format, name, given)
        }
        (Some(Header::Text(_)) | None, None) => {
            let Some((name, value)) = view.header_variable().zip(values.header()) else {
                return Ok(None);
            };
            text::parameter(view.format, name, value)
        }
        (Some(header), Some(given)) if header.kind() == kind(given) => {
            let parameter = unnamed(value(&field, given)?);
            parameter.validate(&field)?;
            parameter
        }
        (header, Some(_)) => {
            return Err(Misfit::new(field, Wrong::Other(shown(header.as_ref()))));
        }
        // One that came later may need nothing.
        (Some(Header::Other(_)), None) => return Ok(None),
        (Some(header), None) => {
            return Err(Misfit::new(field, Wrong::Required(shown(Some(header)))));
        }
    };
    let parameters = vec![parameter];
    Ok(Some(Component::Header { parameters }))
}

fn unnamed(value: ParameterValue) -> Parameter {
    Parameter {
        parameter_name: None,
        value,
    }
}

fn kind(given: &GivenHeader) -> &'static str {
    match given {
        GivenHeader::Text(_) => "text",
        GivenHeader::Image(_) => "image",
        GivenHeader::Video(_) => "video",
        GivenHeader::Gif(_) => "gif",
        GivenHeader::Document(_) => "document",
        GivenHeader::Location(_) => "location",
        GivenHeader::Product(_) => "product",
    }
}

fn value(field: &str, given: &GivenHeader) -> Result<ParameterValue, Misfit> {
    let source = |file| source(&format!("{field}.{}", kind(given)), file);
    let visual = |file| {
        source(file).map(|source| Visual {
            source,
            caption: None,
        })
    };
    Ok(match given {
        GivenHeader::Text(text) => ParameterValue::Text { text: text.clone() },
        GivenHeader::Image(file) => ParameterValue::Image {
            image: visual(file)?,
        },
        GivenHeader::Video(file) => ParameterValue::Video {
            video: visual(file)?,
        },
        GivenHeader::Gif(file) => ParameterValue::Gif { gif: source(file)? },
        GivenHeader::Document(file) => {
            let document = Document {
                source: source(file)?,
                caption: None,
                filename: file.filename.clone(),
            };
            ParameterValue::Document { document }
        }
        GivenHeader::Location(location) => ParameterValue::Location {
            location: location.clone(),
        },
        GivenHeader::Product(product) => ParameterValue::Product {
            product: product.clone(),
        },
    })
}

fn source(field: &str, file: &GivenFile) -> Result<MediaSource, Misfit> {
    match (&file.id, &file.link) {
        (Some(id), None) => Ok(MediaSource::Id(id.clone())),
        (None, Some(link)) => Ok(MediaSource::Link(link.clone())),
        (None, None) | (Some(_), Some(_)) => {
            let one = Problem::Form("a file by exactly one of id and link");
            Err(Misfit::new(field, one))
        }
    }
}
