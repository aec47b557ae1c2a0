using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux.Listening;

/// <summary>
/// A descriptor kept for the day when there are no others: given up for a moment, it lets a reactor accept a connection only to close it, so that
/// the client hears at once and the backlog does not fill with waiters.
/// </summary>
internal sealed class SpareDescriptor : IDisposable
{
    private int _descriptor = Open();

    /// <summary>Makes room for one; false when it is given up already.</summary>
    public bool TryGiveUp()
    {
        if (_descriptor < 0)
        {
            return false;
        }

        _ = Libc.Close(_descriptor);
        _descriptor = -1;
        return true;
    }

    /// <summary>Takes it back if there is room.</summary>
    public void TryTakeBack()
    {
        if (_descriptor < 0)
        {
            _descriptor = Open();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => TryGiveUp();

    private static int Open() => Libc.EventDescriptor(0, Libc.CloseOnExec);
}
