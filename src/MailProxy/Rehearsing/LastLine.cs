using System.Text;

namespace MailProxy.Rehearsing;

/// <summary>Reads until what came last is a whole line that begins as expected.</summary>
internal sealed class LastLine(Stream stream)
{
    private readonly byte[] _octets = new byte[64 * 1024];

    /// <summary>Waits for it.</summary>
    /// <exception cref="InvalidDataException">The answer was another one.</exception>
    public async Task WaitAsync(string beginning, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == _octets.Length)
            {
                // Of a long answer only the end matters.
                _octets.AsSpan(length / 2).CopyTo(_octets);
                length /= 2;
            }

            var read = await stream.ReadAsync(_octets.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                throw new InvalidDataException($"the end came instead of '{beginning}'");
            }

            length += read;
            if (IsThere(_octets.AsSpan(0, length), beginning))
            {
                return;
            }
        }
    }

    private static bool IsThere(ReadOnlySpan<byte> octets, string beginning)
    {
        if (!octets.EndsWith("\r\n"u8))
        {
            return false;
        }

        var line = octets[(octets[..^2].LastIndexOf((byte)'\n') + 1)..^2];
        return line.Length >= beginning.Length && Encoding.ASCII.GetString(line[..beginning.Length]) == beginning;
    }
}
