using System.Text.Json;
using MailProxy.Routing.Disk;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Keeps the KV store in a file: written whole, beside, synced, and renamed over the last one, so that a crash leaves one or the other.</summary>
internal sealed class KvFile(string path) : IDisposable
{
    private readonly SemaphoreSlim writing = new(1, 1);
    private ulong saved;

    /// <summary>What was saved last; an empty table when there is no file.</summary>
    /// <exception cref="IOException">The file cannot be read, or is none of ours.</exception>
    public KvTable Load()
    {
        if (!File.Exists(path))
        {
            return KvTable.Empty;
        }

        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(path), ConsulJson.Default.KvFileDocument) ?? throw new JsonException("null");
            if (document.Entries is null || document.Entries.Any(e => e?.Key is null))
            {
                throw new JsonException("no entries");
            }

            saved = document.Index;
            return KvTable.Restore(document.Entries, document.Index);
        }
        catch (JsonException e)
        {
            throw new IOException($"{path} is not a KV file of the embedded agent ({e.Message}): move it away to start without it", e);
        }
    }

    /// <summary>Ends when the table is on disk at least as it was at an index. Writes that come meanwhile share the next round.</summary>
    public async Task SaveAsync(ulong index, Func<KvTable> current, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            if (saved >= index)
            {
                return;
            }

            var table = current();
            var document = new KvFileDocument(table.LastIndex, [.. table.Entries.Values]);

            // Durable before the write is acknowledged.
            ReplacedFile.Write(path, file => JsonSerializer.Serialize(file, document, ConsulJson.Default.KvFileDocument));
            saved = table.LastIndex;
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();
}
