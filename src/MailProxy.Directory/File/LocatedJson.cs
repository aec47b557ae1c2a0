using System.Globalization;
using System.Text.Json;

namespace MailProxy.Directory.File;

/// <summary>Reads JSON (RFC 8259, with comments and trailing commas) into values that know their line. Pure.</summary>
internal ref struct LocatedJson
{
    // The file's own structure is four deep; anything much deeper is not it.
    private const int MaxDepth = 16;

    // Of values that have none; nobody adds to it. A file has millions of them.
    private static readonly List<LocatedMember> None = [];

    private readonly ReadOnlySpan<byte> _octets;
    private readonly List<FileError> _errors;
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _counted;

    private LocatedJson(ReadOnlySpan<byte> octets, List<FileError> errors)
    {
        _octets = octets;
        _errors = errors;
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };
        _reader = new Utf8JsonReader(octets, options);
    }

    /// <summary>The root value; null after a syntax error, which is then the last of <paramref name="errors"/>.</summary>
    public static LocatedValue? Parse(ReadOnlySpan<byte> octets, List<FileError> errors)
    {
        // Editors on Windows put a byte order mark in front (RFC 8259 8.1 lets us ignore it).
        if (octets.StartsWith("\uFEFF"u8))
        {
            octets = octets[3..];
        }

        var json = new LocatedJson(octets, errors);
        try
        {
            json._reader.Read();
            LocatedValue root = json.Value("");
            json._reader.Read();
            return root;
        }
        catch (JsonException exception)
        {
            // Not the exception's own text: it may quote a piece of a password that lost its quotation mark.
            errors.Add(new FileError((int)(exception.LineNumber ?? 0) + 1, "", $"is not JSON from octet {exception.BytePositionInLine + 1} of this line on"));
        }
        catch (InvalidOperationException)
        {
            // What Utf8JsonReader.GetString throws for octets that are not UTF-8 and for halves of surrogate pairs.
            errors.Add(new FileError(json.Line(), "", "holds a string that is not valid UTF-8 (or half a surrogate pair)"));
        }

        return null;
    }

    private LocatedValue Value(string pointer)
    {
        int line = Line();
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => Object(line, pointer),
            JsonTokenType.StartArray => Array(line, pointer),
            JsonTokenType.String => new LocatedValue(LocatedKind.String, line, pointer, _reader.GetString()!, None),
            JsonTokenType.Number => new LocatedValue(LocatedKind.Number, line, pointer, System.Text.Encoding.ASCII.GetString(_reader.ValueSpan), None),
            JsonTokenType.True => new LocatedValue(LocatedKind.Boolean, line, pointer, "true", None),
            JsonTokenType.False => new LocatedValue(LocatedKind.Boolean, line, pointer, "false", None),
            _ => new LocatedValue(LocatedKind.Null, line, pointer, "", None),
        };
    }

    private LocatedValue Object(int line, string pointer)
    {
        var members = new List<LocatedMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string name = _reader.GetString()!;
            string at = $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            if (!names.Add(name))
            {
                _errors.Add(new FileError(Line(), at, "is here twice; keep one"));
            }

            _reader.Read();
            members.Add(new LocatedMember(name, Value(at)));
        }

        return new LocatedValue(LocatedKind.Object, line, pointer, "", members);
    }

    private LocatedValue Array(int line, string pointer)
    {
        var elements = new List<LocatedMember>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            string index = elements.Count.ToString(CultureInfo.InvariantCulture);
            elements.Add(new LocatedMember(index, Value($"{pointer}/{index}")));
        }

        return new LocatedValue(LocatedKind.Array, line, pointer, "", elements);
    }

    /// <summary>The line of the current token: newlines are counted once each, as the reader goes on.</summary>
    private int Line()
    {
        int start = (int)_reader.TokenStartIndex;
        _line += _octets[_counted..start].Count((byte)'\n');
        _counted = start;
        return _line;
    }
}
