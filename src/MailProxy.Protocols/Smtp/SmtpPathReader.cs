using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MailProxy.Protocols.Addresses;

namespace MailProxy.Protocols.Smtp;

/// <summary>Reads the parts of <see cref="SmtpPath"/> one behind the other.</summary>
internal ref struct SmtpPathReader(ReadOnlySpan<byte> text)
{
    // RFC 5321 4.5.3.1.1 to 4.5.3.1.3. The local part's 64 hold for mailboxes here only: senders that encode the
    // recipient in their reverse-path (VERP, SRS) pass them, and to refuse those is to lose mail.
    private const int LocalPartLimit = 64;
    private const int DomainLimit = 255;
    private const int PathLimit = 256;

    // RFC 1035 2.3.4.
    private const int LabelLimit = 63;

    private static readonly SearchValues<byte> AtomOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8);

    // The underscore is none of RFC 5321's, but is found in host names that send real mail.
    private static readonly SearchValues<byte> LabelOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly SearchValues<byte> KeywordOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private ReadOnlySpan<byte> _rest = text;

    /// <summary>A keyword in any case, and the blanks that many senders put behind its colon.</summary>
    public bool TryReadKeyword(ReadOnlySpan<byte> keyword)
    {
        if (_rest.Length < keyword.Length || !Ascii.EqualsIgnoreCase(_rest[..keyword.Length], keyword))
        {
            return false;
        }

        _rest = _rest[keyword.Length..].TrimStart((byte)' ');
        return true;
    }

    /// <summary>A path with its angle brackets.</summary>
    public ReadStatus TryReadPath(SmtpPathKind kind, out string address)
    {
        address = "";
        var length = FindPathEnd(_rest);
        if (length < 0 || !Utf8.IsValid(_rest[..length]) || HoldsC1Control(_rest[..length]))
        {
            return ReadStatus.Malformed;
        }

        if (length > PathLimit)
        {
            return ReadStatus.TooLong;
        }

        var path = _rest[1..(length - 1)];
        _rest = _rest[length..];
        if (path.IsEmpty)
        {
            return kind == SmtpPathKind.Reverse ? ReadStatus.Done : ReadStatus.Malformed;
        }

        if (kind == SmtpPathKind.Forward && Ascii.EqualsIgnoreCase(path, "postmaster"u8))
        {
            address = Encoding.ASCII.GetString(path);
            return ReadStatus.Done;
        }

        return TryCutSourceRoute(ref path) ? TryReadMailbox(path, kind, out address) : ReadStatus.Malformed;
    }

    /// <summary>A mailbox that stands alone.</summary>
    public static ReadStatus TryReadMailbox(ReadOnlySpan<byte> mailbox, out string address)
    {
        address = "";
        if (mailbox.Length > PathLimit - 2)
        {
            return ReadStatus.TooLong;
        }

        return Utf8.IsValid(mailbox) && !HoldsC1Control(mailbox) ? TryReadMailbox(mailbox, SmtpPathKind.Forward, out address) : ReadStatus.Malformed;
    }

    /// <summary>Everything behind the path. A keyword that comes twice is malformed: nobody may choose which one counts.</summary>
    public bool TryReadParameters(out Dictionary<string, string> parameters)
    {
        parameters = [];
        if (!_rest.IsEmpty && _rest[0] != ' ')
        {
            return false;
        }

        foreach (var range in _rest.Split((byte)' '))
        {
            var parameter = _rest[range];
            if (parameter.IsEmpty)
            {
                continue;
            }

            var equals = parameter.IndexOf((byte)'=');
            var keyword = equals < 0 ? parameter : parameter[..equals];
            var value = equals < 0 ? [] : parameter[(equals + 1)..];
            if (keyword.IsEmpty || keyword[0] == '-' || keyword.IndexOfAnyExcept(KeywordOctets) >= 0
                || (equals >= 0 && !IsValue(value))
                || !parameters.TryAdd(Encoding.ASCII.GetString(keyword).ToUpperInvariant(), Encoding.UTF8.GetString(value)))
            {
                return false;
            }
        }

        return true;
    }

    // RFC 5321 4.1.2: esmtp-value is 1*(%d33-60 / %d62-126); RFC 6531 3.3 adds UTF-8.
    private static bool IsValue(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && !value.ContainsAnyInRange((byte)0, (byte)' ') && !value.Contains((byte)'=') && !value.Contains((byte)0x7F)
        && Utf8.IsValid(value) && !HoldsC1Control(value);

    // Behind the ">" that ends the path: one within quotes does not.
    private static int FindPathEnd(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != '<')
        {
            return -1;
        }

        var isQuoted = false;
        for (var index = 1; index < text.Length; index++)
        {
            switch (text[index])
            {
                case (byte)'"':
                    isQuoted = !isQuoted;
                    break;
                case (byte)'\\' when isQuoted:
                    index++;
                    break;
                case (byte)'>' when !isQuoted:
                    return index + 1;
            }
        }

        return -1;
    }

    // RFC 5321 C: source routes must be accepted, should be ignored.
    private static bool TryCutSourceRoute(ref ReadOnlySpan<byte> path)
    {
        if (path[0] != '@')
        {
            return true;
        }

        var colon = path.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        foreach (var range in path[..colon].Split((byte)','))
        {
            var hop = path[..colon][range];
            if (hop.IsEmpty || hop[0] != '@' || !IsDomain(hop[1..]))
            {
                return false;
            }
        }

        path = path[(colon + 1)..];
        return true;
    }

    private static ReadStatus TryReadMailbox(ReadOnlySpan<byte> mailbox, SmtpPathKind kind, out string address)
    {
        address = "";
        var at = mailbox.LastIndexOf((byte)'@');
        if (at <= 0)
        {
            return ReadStatus.Malformed;
        }

        var local = mailbox[..at];
        var domain = mailbox[(at + 1)..];
        var isQuoted = local[0] == '"';
        if (!(isQuoted ? IsQuoted(local) : IsDotString(local)) || !(IsDomain(domain) || IsLiteral(domain)))
        {
            return ReadStatus.Malformed;
        }

        if (domain.Length > DomainLimit || (kind == SmtpPathKind.Forward && local.Length > LocalPartLimit))
        {
            return ReadStatus.TooLong;
        }

        address = $"{(isQuoted ? Requote(local[1..^1]) : Encoding.UTF8.GetString(local))}@{Encoding.UTF8.GetString(domain)}";
        return ReadStatus.Done;
    }

    private static bool IsDotString(ReadOnlySpan<byte> local)
    {
        foreach (var range in local.Split((byte)'.'))
        {
            var atom = local[range];
            if (atom.IsEmpty)
            {
                return false;
            }

            foreach (var octet in atom)
            {
                if (octet < 0x80 && !AtomOctets.Contains(octet))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsQuoted(ReadOnlySpan<byte> local)
    {
        if (local.Length < 2 || local[^1] != '"')
        {
            return false;
        }

        for (var index = 1; index < local.Length - 1; index++)
        {
            var octet = local[index];
            if (octet is < (byte)' ' or 0x7F or (byte)'"')
            {
                return false;
            }

            // qpairSMTP = "\" %d32-126; the closing quote may not be the escaped one.
            if (octet == '\\' && (++index == local.Length - 1 || local[index] is < (byte)' ' or > (byte)'~'))
            {
                return false;
            }
        }

        return true;
    }

    // RFC 5321 4.1.2: forms that quote more than they must mean the same mailbox, so there is one form for each.
    private static string Requote(ReadOnlySpan<byte> content)
    {
        Span<byte> plain = stackalloc byte[content.Length];
        var length = 0;
        for (var index = 0; index < content.Length; index++)
        {
            index += content[index] == '\\' ? 1 : 0;
            plain[length++] = content[index];
        }

        plain = plain[..length];
        var text = Encoding.UTF8.GetString(plain);
        return IsDotString(plain)
            ? text
            : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    private static bool IsDomain(ReadOnlySpan<byte> domain)
    {
        foreach (var range in domain.Split((byte)'.'))
        {
            var label = domain[range];
            if (label.IsEmpty || label.Length > LabelLimit || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var octet in label)
            {
                if (octet < 0x80 && !LabelOctets.Contains(octet))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // RFC 5321 4.1.3. General literals have no registered tag, so there are none.
    private static bool IsLiteral(ReadOnlySpan<byte> domain)
    {
        if (domain.Length < 2 || domain[0] != '[' || domain[^1] != ']')
        {
            return false;
        }

        var literal = Encoding.UTF8.GetString(domain[1..^1]);
        return literal.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)
            ? AddressText.TryParseIPv6(literal.AsSpan("IPv6:".Length), out _)
            : AddressText.TryParseIPv4(literal, out _);
    }

    // U+0080 to U+009F are C2 80 to C2 9F in UTF-8.
    private static bool HoldsC1Control(ReadOnlySpan<byte> text)
    {
        for (var index = 1; index < text.Length; index++)
        {
            if (text[index - 1] == 0xC2 && text[index] is >= 0x80 and < 0xA0)
            {
                return true;
            }
        }

        return false;
    }
}
