namespace MailProxy.Transport.Linux.Reactors;

/// <summary>
/// Event targets by number. The number is what epoll hands back; its upper half is a generation, so that an event of a descriptor that was closed
/// earlier in the same batch reaches nobody.
/// </summary>
internal sealed class SlotTable
{
    private const int FirstCapacity = 64;

    private readonly Stack<int> _free = new();
    private IEventTarget?[] _targets = new IEventTarget?[FirstCapacity];
    private uint[] _generations = new uint[FirstCapacity];
    private int _used;
    private int _count;

    /// <summary>Those that are in; from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Everything that is registered now; a copy, because ending one takes it out.</summary>
    public IReadOnlyList<IEventTarget> Targets => [.. _targets.OfType<IEventTarget>()];

    /// <summary>Enters a target; the result is its number.</summary>
    public ulong Add(IEventTarget target)
    {
        if (!_free.TryPop(out var index))
        {
            index = _used++;
            if (index == _targets.Length)
            {
                Array.Resize(ref _targets, index * 2);
                Array.Resize(ref _generations, index * 2);
            }
        }

        _count++;
        _targets[index] = target;
        return ((ulong)_generations[index] << 32) | (uint)index;
    }

    /// <summary>Takes a target out. Harmless when repeated: a slot that is free twice would be given to two.</summary>
    public void Remove(ulong number)
    {
        if (Find(number) is null)
        {
            return;
        }

        var index = (int)(uint)number;
        _count--;
        _targets[index] = null;
        _generations[index]++;
        _free.Push(index);
    }

    /// <summary>Null when it was taken out meanwhile.</summary>
    public IEventTarget? Find(ulong number)
    {
        var index = (int)(uint)number;
        return _generations[index] == (uint)(number >> 32) ? _targets[index] : null;
    }
}
