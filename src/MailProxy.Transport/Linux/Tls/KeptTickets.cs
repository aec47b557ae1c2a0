namespace MailProxy.Transport.Linux.Tls;

/// <summary>The latest tickets of one server: a stack with a bottom. Safe for use by several threads.</summary>
internal sealed class KeptTickets
{
    /// <summary>
    /// Dials to one store that are under way at once find a ticket each: 16 is a thousand logins a second at 16 ms from dial to greeting. Each
    /// costs about 2 KB.
    /// </summary>
    public const int Capacity = 16;

    private readonly Lock _gate = new();
    private readonly KeptTicket?[] _ring = new KeptTicket?[Capacity];
    private int _top;

    /// <summary>Keeps a ticket; the oldest one goes when there is no room.</summary>
    public void Add(KeptTicket ticket)
    {
        lock (_gate)
        {
            _top = (_top + 1) % Capacity;
            (_ring[_top], var oldest) = (ticket, _ring[_top]);
            oldest?.Ticket.Dispose();
        }
    }

    /// <summary>The latest ticket that is still good, or null. One for one use is the caller's, to dispose of; others stay here and may be given again.</summary>
    /// <param name="now">Unix seconds.</param>
    public KeptTicket? Take(long now)
    {
        lock (_gate)
        {
            while (_ring[_top] is { } ticket)
            {
                var isGood = now < ticket.GoodUntil;
                if (isGood && !ticket.IsForOneUse)
                {
                    return ticket;
                }

                _ring[_top] = null;
                _top = (_top + Capacity - 1) % Capacity;
                if (isGood)
                {
                    return ticket;
                }

                ticket.Ticket.Dispose();
            }

            return null;
        }
    }

    /// <summary>Forgets all: the server does not like them, or they belong to nobody any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var ticket in _ring)
            {
                ticket?.Ticket.Dispose();
            }

            Array.Clear(_ring);
        }
    }
}
