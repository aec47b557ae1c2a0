using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>Reads the arguments of a command one by one, literals included. Each method leaves the position alone when it answers false.</summary>
public ref struct ImapArgumentReader(ReadOnlySpan<byte> arguments)
{
    private readonly ReadOnlySpan<byte> _arguments = arguments;
    private int _position;

    /// <summary>True when nothing is left.</summary>
    public readonly bool AtEnd => _position == _arguments.Length;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _arguments[_position..];

    /// <summary>One space.</summary>
    public bool TryReadSpace() => TryRead((byte)' ');

    /// <summary>One given octet.</summary>
    public bool TryRead(byte octet)
    {
        if (AtEnd || _arguments[_position] != octet)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>True when the next octet is this one; nothing is read.</summary>
    public readonly bool IsNext(byte octet) => !AtEnd && _arguments[_position] == octet;

    /// <summary>An atom (RFC 9051 9).</summary>
    public bool TryReadAtom(out ReadOnlySpan<byte> atom) => TryReadWhile(ImapOctets.Atom, out atom);

    /// <summary>One or more octets of a class.</summary>
    public bool TryReadWhile(SearchValues<byte> allowed, out ReadOnlySpan<byte> octets)
    {
        var length = Rest.IndexOfAnyExcept(allowed);
        octets = length < 0 ? Rest : Rest[..length];
        _position += octets.Length;
        return octets.Length > 0;
    }

    /// <summary>An astring: atom (with <c>]</c>), quoted string (unescaped) or literal.</summary>
    public bool TryReadAstring(out byte[] value) => TryReadStringOr(ImapOctets.Astring, out value);

    /// <summary>A list-mailbox: like an astring, but a bare one may hold the wildcards <c>*</c> and <c>%</c>.</summary>
    public bool TryReadListMailbox(out byte[] value) => TryReadStringOr(ImapOctets.List, out value);

    /// <summary>A string: quoted (unescaped) or literal.</summary>
    public bool TryReadString(out byte[] value)
    {
        value = [];
        return !AtEnd && _arguments[_position] switch
        {
            (byte)'"' => TryReadQuoted(out value),
            (byte)'{' => TryReadLiteral(out value),
            _ => false,
        };
    }

    private bool TryReadStringOr(SearchValues<byte> allowed, out byte[] value)
    {
        if (TryReadString(out value))
        {
            return true;
        }

        var isAtom = TryReadWhile(allowed, out var atom);
        value = isAtom ? atom.ToArray() : [];
        return isAtom;
    }

    // quoted = DQUOTE *QUOTED-CHAR DQUOTE; 8-bit octets pass: RFC 9051 allows UTF-8 there.
    private bool TryReadQuoted(out byte[] value)
    {
        var rest = Rest;
        var text = new byte[rest.Length];
        var length = 0;
        for (var i = 1; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case (byte)'"':
                    value = text[..length];
                    _position += i + 1;
                    Array.Clear(text);
                    return true;
                case (byte)'\\' when i + 1 < rest.Length && rest[i + 1] is (byte)'"' or (byte)'\\':
                    text[length++] = rest[++i];
                    break;
                case (byte)'\\' or (byte)'\r' or (byte)'\n' or 0:
                    i = rest.Length;
                    break;
                default:
                    text[length++] = rest[i];
                    break;
            }
        }

        Array.Clear(text);
        value = [];
        return false;
    }

    private bool TryReadLiteral(out byte[] value)
    {
        value = [];
        var rest = Rest;
        var lineEnd = rest.IndexOf("\r\n"u8);
        if (lineEnd < 0
            || ImapLiteralHeader.TryRead(new ReadOnlySequence<byte>(rest[..lineEnd].ToArray()), out var header) != ReadStatus.Done
            || rest[..lineEnd].LastIndexOf((byte)'{') != 0
            || header.Size > rest.Length - lineEnd - 2)
        {
            return false;
        }

        var octets = rest.Slice(lineEnd + 2, (int)header.Size);
        if (octets.Contains((byte)0))
        {
            // literal = *CHAR8, and CHAR8 leaves out NUL.
            return false;
        }

        value = octets.ToArray();
        _position += lineEnd + 2 + octets.Length;
        return true;
    }
}
