namespace MailProxy.Protocols.Smtp;

/// <summary>Looks for bare CR and LF in content that is not dot-stuffed (BDAT, RFC 3030 without BINARYMIME), however it is cut.</summary>
public sealed class LineEndScanner
{
    private bool _isBehindCr;

    /// <summary>A CR without LF or a LF without CR was seen.</summary>
    public bool HasBareLineEnd { get; private set; }

    /// <summary>Looks at the next octets.</summary>
    public void Scan(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty && !HasBareLineEnd)
        {
            if (_isBehindCr)
            {
                HasBareLineEnd = content[0] != '\n';
                _isBehindCr = false;
                content = content[1..];
                continue;
            }

            var end = content.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                return;
            }

            HasBareLineEnd = content[end] == '\n';
            _isBehindCr = content[end] == '\r';
            content = content[(end + 1)..];
        }
    }

    /// <summary>The content has ended: a CR that waits for its LF is a bare one.</summary>
    public void End() => HasBareLineEnd |= _isBehindCr;
}
