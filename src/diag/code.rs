//! The stable codes. A number is never used again for another mistake.

use super::Severity;

macro_rules! codes {
    ($($name:ident = $text:literal, $severity:ident, $meaning:literal;)*) => {
        /// What kind of mistake it is. The meaning of each code stands in its own line below.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// `LMQ010` and so on.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// The severity every diagnostic of this code has.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// What it means, in a few words.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => $meaning,)* }
            }
        }
    };
}

codes! {
    Unreadable = "LMQ001", Error, "a file cannot be read as text";
    YamlSyntax = "LMQ002", Error, "the file is not YAML";
    YamlFeature = "LMQ003", Error, "a YAML feature that query files do not have";
    TooDeep = "LMQ004", Error, "nested deeper than 64 levels";
    UnknownKey = "LMQ010", Error, "a key that query files do not have";
    DuplicateKey = "LMQ011", Error, "a key that stands twice";
    UnknownField = "LMQ012", Error, "a field that the endpoint does not have";
    MissingKey = "LMQ013", Error, "a mandatory key is missing";
    WrongType = "LMQ014", Error, "a value of the wrong type";
    BadValue = "LMQ015", Error, "a value outside what is allowed";
    Conflict = "LMQ016", Error, "keys that do not go together";
    FilterSyntax = "LMQ020", Error, "a condition that cannot be parsed";
    FilterOperator = "LMQ021", Error, "an operator that does not fit the field";
    FilterValue = "LMQ022", Error, "a value that does not fit the field";
    FilterMixed = "LMQ023", Error, "`,` and `||` mixed in one condition";
    PathSyntax = "LMQ024", Error, "a JSONPath that cannot be parsed";
    PathMeaning = "LMQ025", Error, "a JSONPath that can never select what it asks for";
    UnknownExpectation = "LMQ026", Error, "a waiver of an expectation that the query does not have";
    TemplateMissing = "LMQ030", Error, "a template or partial that does not exist";
    TemplateSyntax = "LMQ031", Error, "a template that cannot be parsed";
    TemplateName = "LMQ032", Error, "a name that the template's context does not have";
    TemplateRefused = "LMQ033", Error, "a Handlebars feature that lmq does not allow";
    PartialCycle = "LMQ034", Error, "partials that include each other";
    OutsideProject = "LMQ035", Error, "a file that is not a plain file inside the project";
    BadTarget = "LMQ036", Error, "a path that no output may be written to";
    SameTarget = "LMQ037", Error, "two outputs with one path";
    SameName = "LMQ038", Error, "two queries with one name";
    WaiversMissing = "LMQ039", Error, "a file of waivers that does not exist";
    KeyMaterial = "LMQ040", Warning, "`accessKey` is asked for";
    KnownField = "LMQ041", Warning, "a field in `unknownFields` that lmq knows";
    VarUnused = "LMQ042", Warning, "a variable that nothing uses";
    VarDeclaration = "LMQ050", Error, "a variable that is declared wrongly";
    VarUndeclared = "LMQ051", Error, "a variable that is not declared";
    VarMissing = "LMQ052", Error, "a variable without a value";
    VarValue = "LMQ053", Error, "a value that does not fit its variable";
    BadIgnore = "LMQ060", Warning, "an `lmq-ignore` that cannot be taken";
    UnusedIgnore = "LMQ061", Warning, "an `lmq-ignore` that silences nothing";
    ConfigSecret = "LMQ070", Error, "a configuration that holds a secret";
    ConfigTrust = "LMQ071", Error, "something that a project's configuration may not say";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_in_order() {
        let texts: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let mut sorted = texts.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(texts, sorted);
    }
}
