using System.Buffers;

namespace MailProxy.Proxy.Milter;

/// <summary>
/// A message that is being judged: its beginning in memory, the rest in a file that has no name any more once it is open, so that nothing remains however the
/// process ends. Written once, then read. Not for several threads.
/// </summary>
/// <param name="memory">Octets kept in memory.</param>
/// <param name="folder">Of the file; empty: the system's.</param>
internal sealed class MessageSpool(int memory, string folder) : IAsyncDisposable
{
    private readonly ArrayBufferWriter<byte> _head = new();
    private FileStream? _file;

    /// <summary>Octets.</summary>
    public long Length { get; private set; }

    /// <summary>Some of it is on disk.</summary>
    public bool HasFile => _file is not null;

    /// <summary>Takes the next octets. Errors: IOException, the disk is full or fails.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> octets)
    {
        var first = (int)Math.Min(octets.Length, Math.Max(0, memory - Length));
        _head.Write(octets.Span[..first]);
        Length += first;
        var rest = octets[first..];
        if (!rest.IsEmpty)
        {
            _file ??= Open(folder);
            await RandomAccess.WriteAsync(_file.SafeFileHandle, rest, Length - memory);
            Length += rest.Length;
        }
    }

    /// <summary>Reads from a position on: at least one octet, or none behind the end. Errors: IOException.</summary>
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer)
    {
        if (position < _head.WrittenCount)
        {
            var part = _head.WrittenMemory[(int)position..];
            part = part.Length > buffer.Length ? part[..buffer.Length] : part;
            part.CopyTo(buffer);
            return part.Length;
        }

        return _file is null || position >= Length ? 0 : await RandomAccess.ReadAsync(_file.SafeFileHandle, buffer, position - memory);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static FileStream Open(string folder)
    {
        var path = Path.Combine(folder.Length > 0 ? folder : Path.GetTempPath(), $"mailproxy-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        try
        {
            File.Delete(path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
