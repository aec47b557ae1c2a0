using System.Text;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>What a counting store keeps of a message: how long it was, and its last line.</summary>
internal sealed class ContentTail
{
    private const int Kept = 200;

    private byte[] _tail = [];

    /// <summary>Octets so far.</summary>
    public long Length { get; private set; }

    /// <summary>Behind the last line end but one.</summary>
    public string LastLine
    {
        get
        {
            var text = Encoding.Latin1.GetString(_tail).TrimEnd();
            return text[(text.LastIndexOf('\n') + 1)..];
        }
    }

    public void Add(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        _tail = octets.Length >= Kept ? octets[^Kept..].ToArray() : [.. _tail[Math.Max(0, _tail.Length + octets.Length - Kept)..], .. octets];
    }
}
