namespace MailProxy.Proxy.Relay;

/// <summary>Counts the <c>Received:</c> fields of a message as it streams by (RFC 5321 6.3: how mail loops are seen). Pure state, any cut of the bytes.</summary>
internal sealed class HopCounter
{
    private int _matched;
    private int _lineLength;
    private bool _isOver;

    /// <summary>Fields seen so far.</summary>
    public int Hops { get; private set; }

    private static ReadOnlySpan<byte> Name => "received:"u8;

    /// <summary>Looks at the next octets.</summary>
    public void Read(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            if (_isOver)
            {
                return;
            }

            if (octet == '\n')
            {
                // An empty line ends the header.
                _isOver = _lineLength == 0;
                _lineLength = 0;
                _matched = 0;
                continue;
            }

            if (octet == '\r')
            {
                continue;
            }

            if (_matched == _lineLength && _matched < Name.Length && (octet | 0x20) == (Name[_matched] | 0x20) && ++_matched == Name.Length)
            {
                Hops++;
            }

            _lineLength++;
        }
    }
}
