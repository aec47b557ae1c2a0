using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.File;

/// <summary>The version of the file that is served, and what is wrong with the newest one if that is another.</summary>
internal sealed class CurrentFile(string path, string defaultDomain, ILogger logger, TimeProvider time)
{
    /// <summary>
    /// A version written this shortly before it was read may be followed by another of the same length within the tick of the file system's clock
    /// (4 ms on Linux, 2 s on FAT): its stamp proves nothing.
    /// </summary>
    private static readonly TimeSpan StampDoubt = TimeSpan.FromSeconds(2);

    /// <summary>
    /// So long a new version may be wrong before that is said: an editor that writes in place makes it wrong for a moment. The first version gets no such grace.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // In one log line; 'mailproxy check' lists them all.
    private const int ErrorsTold = 20;

    private readonly Lock _gate = new();
    private FileStamp? _stamp;
    private byte[]? _digest;
    private string[] _wrong = [];
    private long _wrongSince;
    private bool _told;
    private volatile UserTable? _table;
    private long _version;
    private volatile string? _problem = $"'{path}' has not been read yet";

    /// <summary>What is served; null until there was a version without errors.</summary>
    public UserTable? Table => _table;

    /// <summary>Counts the versions that were served.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Why the newest version is not served, one sentence; null if it is.</summary>
    public string? Problem => _problem;

    /// <summary>Looks at the file and takes it if it is new and right. Never throws for what is in the file or in the file system.</summary>
    public void Check()
    {
        lock (_gate)
        {
            FileContent content = FileContent.Read(path, _stamp);
            _stamp = content.Stamp is { } stamp && time.GetUtcNow().UtcDateTime - stamp.Written > StampDoubt ? stamp : null;
            if (content.Octets is { } octets)
            {
                Judge(octets);
            }
            else if (content.Problem.Length > 0)
            {
                _digest = null;
                Refuse([content.Problem]);
            }

            TellInTime();
        }
    }

    private void Judge(byte[] octets)
    {
        byte[] digest = SHA256.HashData(octets);
        if (_digest is not null && digest.AsSpan().SequenceEqual(_digest))
        {
            return;
        }

        _digest = digest;
        UserFile file = UserFile.Parse(octets, defaultDomain);
        if (file.Table is not { } table)
        {
            Refuse([.. file.Errors.Select(error => error.ToString())]);
            return;
        }

        _table = table;
        Interlocked.Increment(ref _version);
        _problem = null;
        _wrong = [];
        FileDirectoryLog.Loaded(logger, path, table.UserCount, table.Groups.Count, table.Domains.Count);
    }

    private void Refuse(string[] errors)
    {
        if (errors.AsSpan().SequenceEqual(_wrong))
        {
            return;
        }

        if (_wrong.Length == 0)
        {
            _wrongSince = time.GetTimestamp();
        }

        (_wrong, _told) = (errors, false);
        string more = errors.Length == 1 ? "" : $" (and {errors.Length - 1} more)";
        _problem = _table is null ? $"'{path}': {errors[0]}{more}" : $"'{path}' is served as it was before; now: {errors[0]}{more}";
    }

    private void TellInTime()
    {
        if (_wrong.Length == 0 || _told || (_table is not null && time.GetElapsedTime(_wrongSince) < Grace))
        {
            return;
        }

        _told = true;
        FileDirectoryLog.Refused(logger, path, _table is null ? "no user can log in" : "the version before is still served", string.Join("; ", _wrong.Take(ErrorsTold)), _wrong.Length);
    }
}
