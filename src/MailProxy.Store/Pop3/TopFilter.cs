namespace MailProxy.Store.Pop3;

/// <summary>Cuts content for TOP (RFC 1939 7): the header, the empty line, and a number of lines of the body. Fed in pieces.</summary>
internal sealed class TopFilter(long bodyLines)
{
    private bool _isInBody;
    private bool _isLineEmpty = true;
    private long _left = bodyLines;

    /// <summary>Nothing of what follows belongs to the answer.</summary>
    public bool IsDone { get; private set; }

    /// <summary>How many octets of the next piece belong to the answer.</summary>
    public int Take(ReadOnlySpan<byte> piece)
    {
        for (var index = 0; index < piece.Length && !IsDone; index++)
        {
            switch (piece[index])
            {
                case (byte)'\n':
                    EndLine();
                    if (IsDone)
                    {
                        return index + 1;
                    }

                    break;
                case (byte)'\r':
                    break;
                default:
                    _isLineEmpty = false;
                    break;
            }
        }

        return IsDone ? 0 : piece.Length;
    }

    private void EndLine()
    {
        if (_isInBody)
        {
            _left--;
        }

        _isInBody |= _isLineEmpty;
        _isLineEmpty = true;
        IsDone = _isInBody && _left <= 0;
    }
}
