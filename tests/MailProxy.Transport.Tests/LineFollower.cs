using MailProxy.Transport.Splice;

namespace MailProxy.Transport.Tests;

/// <summary>A boundary wherever the store has ended a line, and nothing from the client once it ends.</summary>
internal sealed class LineFollower : ISpliceFollower
{
    private bool _isEnding;
    private bool _isInLine;

    /// <summary>Says from now on that nobody knows.</summary>
    public bool IsOpaque { get; set; }

    public SpliceStand Stand => IsOpaque ? SpliceStand.Opaque : _isInLine ? SpliceStand.Busy : SpliceStand.Boundary;

    public void End() => _isEnding = true;

    public int Follow(bool isFromClient, ReadOnlySpan<byte> octets)
    {
        if (isFromClient)
        {
            return _isEnding ? 0 : octets.Length;
        }

        if (_isEnding)
        {
            var length = _isInLine ? octets.IndexOf((byte)'\n') + 1 : 0;
            _isInLine &= length == 0;
            return _isInLine ? octets.Length : length;
        }

        _isInLine = octets.IsEmpty ? _isInLine : octets[^1] != '\n';
        return octets.Length;
    }

    public long Unseen(bool isFromClient) => 0;

    public void Pass(bool isFromClient, long octets) => throw new InvalidOperationException("Nothing may go unseen.");
}
