using System.Buffers;

namespace MailProxy.Store.Mime;

/// <summary>Counts text lines: line feeds, and a last line without one.</summary>
internal static class LineCounter
{
    // A page cache read; large enough that system calls do not show.
    private const int BufferSize = 65_536;

    /// <summary>Reads the stream from its start.</summary>
    public static int Count(Stream content)
    {
        content.Position = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var lines = 0;
        var last = (byte)'\n';
        while (content.Read(buffer, 0, BufferSize) is > 0 and var read)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return last == '\n' ? lines : lines + 1;
    }
}
