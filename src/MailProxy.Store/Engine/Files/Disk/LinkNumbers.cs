namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>
/// Gives numbers to links, in order and never again. A draft that becomes a link's file before a batch refers to it holds its number open until
/// the batch is written or the file is gone: a start after a crash asks the database about every link from the lowest open number on.
/// </summary>
/// <param name="next">The first number to give.</param>
internal sealed class LinkNumbers(ulong next)
{
    private readonly Lock gate = new();
    private readonly SortedSet<ulong> open = [];

    /// <summary>The number the next link will get, and the lowest one that is open, which is the same if none is.</summary>
    public (ulong Next, ulong LowestOpen) Bounds
    {
        get
        {
            lock (gate)
            {
                return (next, open.Count == 0 ? next : open.Min);
            }
        }
    }

    /// <summary>Takes a number for a link that is made and recorded within one group.</summary>
    /// <exception cref="StoreFaultException">All have been given.</exception>
    public ulong Take()
    {
        lock (gate)
        {
            return next < LinkName.Limit ? next++ : throw new StoreFaultException("The store has given away all its link numbers.");
        }
    }

    /// <summary>Takes a number and holds it open until <see cref="Settle"/>.</summary>
    /// <exception cref="StoreFaultException">All have been given.</exception>
    public ulong Open()
    {
        lock (gate)
        {
            ulong number = Take();
            open.Add(number);
            return number;
        }
    }

    /// <summary>The number is recorded as a message's or as garbage, or no file has it.</summary>
    public void Settle(ulong number)
    {
        lock (gate)
        {
            open.Remove(number);
        }
    }
}
