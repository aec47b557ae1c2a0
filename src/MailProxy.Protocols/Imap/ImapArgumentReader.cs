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

    /// <summary>An atom (RFC 9051 9).</summary>
    public bool TryReadAtom(out ReadOnlySpan<byte> atom) => throw new NotImplementedException();

    /// <summary>An astring: atom (with <c>]</c>), quoted string (unescaped) or literal.</summary>
    public bool TryReadAstring(out byte[] value) => throw new NotImplementedException();
}
