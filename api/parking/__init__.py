"""Commands about car parks: training and judging forecasts, what guidance and each sign are worth."""
