using System.Buffers;

namespace MailProxy.Protocols.Sieve;

/// <summary>
/// Reads ManageSieve (RFC 5804 4) line by line, literals included.
/// <code>
/// line    = *(token / SP) CRLF                  a token is followed by SP, CRLF or ")"; "(" by anything
/// token   = atom / string / "(" / ")"
/// atom    = 1*(%x21-7E except ( ) { " \)
/// string  = quoted / literal
/// quoted  = DQUOTE *(octet except CR LF NUL DQUOTE \ / "\" DQUOTE / "\\") DQUOTE
/// literal = "{" 1*9DIGIT ["+"] "}" CRLF n*OCTET
/// </code>
/// </summary>
public static class SieveLineReader
{
    private const byte Quote = (byte)'"';
    private const byte Escape = (byte)'\\';

    // No number of more digits is within any limit.
    private const int MaxDigits = 9;

    private static readonly SearchValues<byte> AtomOctets =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(octet => (byte)octet).Except("(){\"\\"u8.ToArray())]);

    private static readonly SearchValues<byte> QuotedEnds = SearchValues.Create("\"\\\r\n\0"u8);

    /// <summary>Reads the first line of <paramref name="buffer"/>. Pure: call it again with the same octets and more.</summary>
    /// <remarks>Malformed is told at the end of the text line that is wrong, and <paramref name="end"/> is behind its LF.</remarks>
    /// <param name="buffer">Octets from the start of a line on.</param>
    /// <param name="limits">TooLong beyond them.</param>
    /// <param name="form">Who sends.</param>
    /// <param name="line">The line when Done.</param>
    /// <param name="end">Behind the line's LF.</param>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, SieveLimits limits, SieveLiteralForm form, out SieveLine? line, out SequencePosition end)
    {
        line = null;
        end = buffer.Start;
        var isOver = buffer.Length > limits.Octets;
        var seen = isOver ? buffer.Slice(0, limits.Octets) : buffer;
        var octets = seen.IsSingleSegment ? seen.FirstSpan : seen.ToArray();
        var scan = new Scan(octets, limits, form);
        var status = scan.Run();
        switch (status)
        {
            case ReadStatus.Done:
                line = new SieveLine(scan.Tokens);
                end = buffer.GetPosition(scan.Position);
                return status;
            case ReadStatus.Malformed:
                end = buffer.GetPosition(scan.Position);
                return status;
            case ReadStatus.NeedMore when octets.Length >= limits.Octets:
                return ReadStatus.TooLong;
            default:
                return status;
        }
    }

    private ref struct Scan(ReadOnlySpan<byte> octets, SieveLimits limits, SieveLiteralForm form)
    {
        private readonly ReadOnlySpan<byte> _octets = octets;
        private bool _mayFollow = true;
        private bool _isEnd = false;

        public readonly List<SieveToken> Tokens { get; } = [];

        public int Position { get; private set; }

        private readonly ReadOnlySpan<byte> Rest => _octets[Position..];

        public ReadStatus Run()
        {
            while (!_isEnd)
            {
                var step = Rest.IsEmpty ? ReadStatus.NeedMore : Step();
                if (step != ReadStatus.Done)
                {
                    return step == ReadStatus.Malformed ? SkipLine() : step;
                }
            }

            return ReadStatus.Done;
        }

        // Done: one more token, space or the line's end was read.
        private ReadStatus Step()
        {
            switch (Rest[0])
            {
                case (byte)' ':
                    Position++;
                    _mayFollow = true;
                    return ReadStatus.Done;
                case (byte)'\r':
                    return ReadEnd();
                case (byte)')':
                    return Add(SieveTokenKind.Close, [], 1, mayFollow: false);
                case var _ when !_mayFollow:
                    return ReadStatus.Malformed;
                case (byte)'(':
                    return Add(SieveTokenKind.Open, [], 1, mayFollow: true);
                case Quote:
                    return ReadQuoted();
                case (byte)'{':
                    return ReadLiteral();
                default:
                    return ReadAtom();
            }
        }

        private ReadStatus ReadEnd()
        {
            if (Rest.Length < 2)
            {
                return ReadStatus.NeedMore;
            }

            if (Rest[1] != '\n')
            {
                return ReadStatus.Malformed;
            }

            Position += 2;
            _isEnd = true;
            return ReadStatus.Done;
        }

        private ReadStatus ReadAtom()
        {
            var length = Rest.IndexOfAnyExcept(AtomOctets);
            return length switch
            {
                < 0 => ReadStatus.NeedMore,
                0 => ReadStatus.Malformed,
                _ => Add(SieveTokenKind.Atom, Rest[..length].ToArray(), length, mayFollow: false),
            };
        }

        private ReadStatus ReadQuoted()
        {
            var text = new ArrayBufferWriter<byte>(32);
            for (var at = 1; ;)
            {
                var next = Rest[at..].IndexOfAny(QuotedEnds);
                if (next < 0)
                {
                    return ReadStatus.NeedMore;
                }

                text.Write(Rest.Slice(at, next));
                at += next;
                switch (Rest[at])
                {
                    case Quote:
                        return Add(SieveTokenKind.Text, text.WrittenSpan.ToArray(), at + 1, mayFollow: false);
                    case Escape when Rest.Length == at + 1:
                        return ReadStatus.NeedMore;
                    case Escape when Rest[at + 1] is Quote or Escape:
                        text.Write(Rest.Slice(at + 1, 1));
                        at += 2;
                        break;
                    default:
                        return ReadStatus.Malformed;
                }
            }
        }

        private ReadStatus ReadLiteral()
        {
            var lineEnd = Rest.IndexOf((byte)'\n');
            if (lineEnd < 0)
            {
                return ReadStatus.NeedMore;
            }

            var header = Rest[1..lineEnd];
            if (!header.EndsWith("}\r"u8))
            {
                return ReadStatus.Malformed;
            }

            header = header[..^2];
            var isAtOnce = header.EndsWith("+"u8);
            var digits = isAtOnce ? header[..^1] : header;
            if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (!isAtOnce && form == SieveLiteralForm.FromClient))
            {
                return ReadStatus.Malformed;
            }

            var size = 0;
            foreach (var digit in digits.Length > MaxDigits ? [] : digits)
            {
                size = (size * 10) + (digit - '0');
            }

            var begin = lineEnd + 1;
            if (digits.Length > MaxDigits || Position + begin + (long)size > limits.Octets)
            {
                return ReadStatus.TooLong;
            }

            return Rest.Length < begin + size
                ? ReadStatus.NeedMore
                : Add(SieveTokenKind.Text, Rest.Slice(begin, size).ToArray(), begin + size, mayFollow: false);
        }

        private ReadStatus Add(SieveTokenKind kind, byte[] octets, int length, bool mayFollow)
        {
            if (Tokens.Count == limits.Tokens)
            {
                return ReadStatus.TooLong;
            }

            Tokens.Add(new(kind, octets));
            Position += length;
            _mayFollow = mayFollow;
            return ReadStatus.Done;
        }

        private ReadStatus SkipLine()
        {
            var end = Rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                return ReadStatus.NeedMore;
            }

            Position += end + 1;
            return ReadStatus.Malformed;
        }
    }
}
