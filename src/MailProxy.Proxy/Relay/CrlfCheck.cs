namespace MailProxy.Proxy.Relay;

/// <summary>Sees whether every line of a message ends in CRLF and no CR or LF stands alone (RFC 5321 2.3.8), however the octets are cut.</summary>
internal sealed class CrlfCheck
{
    private bool _afterCr;

    /// <summary>False once a bare CR or LF was seen.</summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>Looks at the next octets.</summary>
    public void Read(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && IsClean)
        {
            if (_afterCr)
            {
                IsClean = octets[0] == '\n';
                _afterCr = false;
                octets = octets[1..];
                continue;
            }

            var next = octets.IndexOfAny((byte)'\r', (byte)'\n');
            if (next < 0)
            {
                return;
            }

            IsClean = octets[next] == '\r';
            _afterCr = IsClean;
            octets = octets[(next + 1)..];
        }
    }

    /// <summary>The message has ended: a CR at the very end stands alone.</summary>
    public void Finish() => IsClean &= !_afterCr;
}
